#pragma once

#include <string>
#include <string_view>

namespace bellows::rules {

/// $bellows$, longer where the text has it already: what to put around it as a dollar quote.
std::string dollar_tag(std::string_view text);

/// DO with this PL/pgSQL: what can only be known when the step runs. Within it names mean
/// pg_catalog's, whatever the session's search_path is; afterwards that is as it was.
std::string do_block(std::string const& declarations, std::string const& statements);

}  // namespace bellows::rules
