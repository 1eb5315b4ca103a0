#include "runner/rollout/basis.hpp"

#include "planner/sql/misplaced.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::runner {
namespace {

/// More are a matter for --format json.
constexpr std::size_t shown = 3;

bool is_followed(sql::Statement const& statement) {
  if (auto const* data = std::get_if<sql::DataStatement>(&statement.body)) {
    return !data->opaque;
  }
  bool const extension =
      statement.kind == "CREATE EXTENSION" || statement.kind == "ALTER EXTENSION";
  return !extension && (sql::misplaced_as(statement).has_value() ||
                        !std::holds_alternative<sql::Unparsed>(statement.body));
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string and_those_before(Basis const& basis) {
  return basis.replayed == 0 ? ""
                             : fmt::format(" and {} before the last",
                                           counted(basis.replayed, "migration", "migrations"));
}

std::string source_in_words(Basis const& basis, std::size_t checked) {
  switch (basis.source) {
    case Basis::Source::Nothing:
      return "judged by itself: no migrations and no catalog come before it";
    case Basis::Source::Snapshot:
      return fmt::format("judged against the snapshot {}{}", basis.name, and_those_before(basis));
    case Basis::Source::Script:
      return fmt::format("judged against {}, replayed{}", basis.name, and_those_before(basis));
    case Basis::Source::Database:
      return fmt::format("judged against {} as it is now{}", basis.name,
                         basis.replayed == 0
                             ? ""
                             : fmt::format(", and {} that it has not run",
                                           counted(basis.replayed, "migration", "migrations")));
    case Basis::Source::Migrations:
      break;
  }
  if (basis.replayed == 0) {
    return fmt::format("judged by itself: nothing in {} comes before it", basis.name);
  }
  return checked > 1 ? fmt::format("each judged after the migrations before it in {}", basis.name)
                     : fmt::format("judged after {} of {}",
                                   counted(basis.replayed, "migration", "migrations"), basis.name);
}

std::string unfollowed_in_words(Basis const& basis) {
  std::vector<std::string> places;
  std::size_t const count = std::min(basis.unfollowed.size(), shown);
  for (std::size_t i = 0; i < count; ++i) {
    Basis::Unfollowed const& one = basis.unfollowed[i];
    places.push_back(fmt::format("{}:{} ({})", one.file, one.line, one.what));
  }
  std::size_t const more = basis.unfollowed.size() - count;
  return fmt::format("what they change there is not known: {}{}", fmt::join(places, ", "),
                     more == 0 ? "" : fmt::format(" and {} more", more));
}

}  // namespace

std::string_view to_string(Basis::Source source) {
  switch (source) {
    case Basis::Source::Nothing:
      return "nothing";
    case Basis::Source::Migrations:
      return "migrations";
    case Basis::Source::Snapshot:
      return "snapshot";
    case Basis::Source::Script:
      return "script";
    case Basis::Source::Database:
      return "database";
  }
  return "nothing";
}

void note(Basis& basis, std::string const& file, sql::Statement const& statement) {
  auto const* data = std::get_if<sql::DataStatement>(&statement.body);
  basis.copies += data != nullptr && data->through_client && data->kind == "COPY FROM" ? 1U : 0U;
  bool const psql = statement.raw.text.starts_with('\\');
  if (!is_followed(statement)) {
    basis.unfollowed.push_back({file, statement.raw.at.line,
                                psql || !std::holds_alternative<sql::Unparsed>(statement.body)
                                    ? statement.kind
                                    : std::get<sql::Unparsed>(statement.body).message});
  }
}

void note(Basis& basis, sql::Migration const& migration) {
  for (sql::Statement const& statement : migration.up) {
    note(basis, migration.file, statement);
  }
}

std::vector<std::string> in_words(Basis const& basis, std::size_t checked) {
  std::vector<std::string> lines{source_in_words(basis, checked)};
  if (!basis.last.empty() && checked <= 1) {
    lines.front() += ", the last of them " + basis.last;
  }
  if (!basis.unfollowed.empty()) {
    lines.push_back(unfollowed_in_words(basis));
  }
  if (basis.copies > 0) {
    lines.push_back(fmt::format("the rows of {} were passed over",
                                counted(basis.copies, "COPY … FROM stdin", "COPY … FROM stdin")));
  }
  lines.insert(lines.end(), basis.remarks.begin(), basis.remarks.end());
  return lines;
}

}  // namespace bellows::runner
