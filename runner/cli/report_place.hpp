#pragma once

#include "runner/cli/excerpt.hpp"
#include "runner/cli/report_check.hpp"

/// Where in its file a statement or a finding is. Pure.
namespace bellows::runner {

struct Place {
  std::size_t offset = 0;  // bytes in the file
  std::size_t length = 0;
  sql::Position begin;
  sql::Position end;  // behind the last character
};

Place place_of(CheckedFile const& file, sql::Statement const& statement);
/// The part of the statement that the finding points at, else the statement.
Place place_of(CheckedFile const& file, sql::Statement const& statement,
               rules::Finding const& finding);

/// What the text report shows of a statement: the part that its first finding with a place points
/// at, the token that the grammar refused, or the statement.
Place main_place(CheckedFile const& file, rules::Reviewed const& reviewed);

Excerpt excerpt_of(CheckedFile const& file, Place const& place);

}  // namespace bellows::runner
