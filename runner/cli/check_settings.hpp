#pragma once

#include "runner/cli/options.hpp"

#include <string>

namespace bellows::runner {

/// Whether the value is one of the option's kind, by what its row of the option table calls it.
/// Throws UsageError.
void check_kind(OptionInfo const& option, std::string const& value);

/// A mistake in the settings file is told by whichever command reads it, not by the one, some
/// night, that the setting is for. `options`: the defaults and what the file says. Throws
/// UsageError, which names the file.
void check_settings(Options const& options, std::string const& file);

}  // namespace bellows::runner
