#include "planner/rules/concurrently_if_not_exists.hpp"

#include "planner/rules/index_there.hpp"
#include "planner/rules/refused.hpp"

#include <fmt/core.h>

namespace bellows::rules {

namespace {

constexpr std::string_view if_not_exists_rule = "concurrently-if-not-exists";

/// Of a build by others than bellows, which drops what is INVALID and builds again.
Finding left_behind(std::string const& index) {
  return {std::string(if_not_exists_rule), Severity::Warning,
          fmt::format("A build that was interrupted leaves {} behind INVALID; repeated by others "
                      "than `bellows up`, this passes over it and reports success.",
                      index),
          "Without IF NOT EXISTS; `bellows up` drops what an interrupted build has left and builds "
          "again, with it or without."};
}

Finding invalid(sql::CreateIndex const& create, Conduct const& conduct) {
  std::string const index = create.name.quoted();
  std::string const drop =
      fmt::format("DROP INDEX CONCURRENTLY {} first, in a migration of its own.", index);
  if (conduct.by_bellows()) {
    return {
        std::string(if_not_exists_rule),
        conduct.runner == nullptr ? Severity::Warning : Severity::Note,
        fmt::format("{} is there and INVALID: `bellows up` drops it and builds it again{}.", index,
                    conduct.runner != nullptr ? ""
                    : create.if_not_exists    ? "; to others it is there, and no query ever uses it"
                                              : "; run by others, this fails (42P07)"),
        conduct.runner == nullptr ? "By others than bellows: " + drop : ""};
  }
  if (create.if_not_exists) {
    return {std::string(if_not_exists_rule), Severity::Error,
            fmt::format("{} is there and INVALID: IF NOT EXISTS passes over it, no query ever uses "
                        "it, and every write still pays for it.",
                        index),
            drop};
  }
  return refused("statement-fails", "42P07",
                 fmt::format("there is an index {} already, INVALID", index), drop);
}

Finding same(std::string const& index, Conduct const& conduct) {
  constexpr std::string_view remedy = "Leave the statement out.";
  if (conduct.by_bellows()) {
    return {std::string(if_not_exists_rule), Severity::Note,
            fmt::format("{} is there, just as it is to be made: `bellows up` leaves it{}.", index,
                        conduct.runner == nullptr ? "; run by others, this fails (42P07)" : ""),
            std::string(remedy)};
  }
  return refused("statement-fails", "42P07",
                 fmt::format("there is an index {} already, just as it is to be made", index),
                 remedy);
}

Finding different(sql::CreateIndex const& create, std::string const& words) {
  std::string const index = create.name.quoted();
  std::string const remedy = fmt::format(
      "Give the index another name; or DROP INDEX CONCURRENTLY {} first, in a migration of its "
      "own, if nothing needs it.",
      index);
  if (create.if_not_exists) {
    return {std::string(if_not_exists_rule), Severity::Error,
            fmt::format("{} is there and is another index: {}. IF NOT EXISTS passes over it, so "
                        "that this one is not made.",
                        index, words),
            remedy};
  }
  return refused(
      "statement-fails", "42P07",
      fmt::format("there is an index {} already, and it is another one: {}", index, words), remedy);
}

Finding unclear(sql::CreateIndex const& create, Conduct const& conduct) {
  std::string const index = create.name.quoted();
  if (!conduct.by_bellows() && !create.if_not_exists) {
    return refused("statement-fails", "42P07", fmt::format("there is an index {} already", index),
                   "Leave the statement out where that is the one that is meant; else give this "
                   "one another name.");
  }
  return {"depends", Severity::Warning,
          conduct.by_bellows()
              ? fmt::format("The answer depends on whether {}, which is there, is the index that "
                            "is meant: `bellows up` compares the two, leaves the same, and ends "
                            "with another one (6), as its dry run does.",
                            index)
              : fmt::format("The answer depends on whether {}, which is there, is the index that "
                            "is meant: IF NOT EXISTS leaves it in either case.",
                            index),
          "Leave the statement out where it is; else give this one another name."};
}

/// Without IF NOT EXISTS statement-fails tells it.
std::optional<Finding> taken_by_else(sql::CreateIndex const& create, std::string const& words) {
  if (!create.if_not_exists) {
    return std::nullopt;
  }
  return Finding{std::string(if_not_exists_rule), Severity::Error,
                 fmt::format("The name {} is that of {}: IF NOT EXISTS passes over it, so that no "
                             "index is made.",
                             create.name.quoted(), words),
                 "Give the index another name."};
}

std::optional<Finding> recognise_concurrently_if_not_exists(Question const& question) {
  auto const* create = std::get_if<sql::CreateIndex>(&question.statement.body);
  if (create == nullptr || !create->concurrently || create->name.empty()) {
    return std::nullopt;
  }
  Conduct const& conduct = question.conduct;
  auto const there = index_there(*create, question.catalog);
  if (!there) {
    bool const others = !conduct.by_bellows() || conduct.runner == nullptr;
    return create->if_not_exists && others ? std::optional(left_behind(create->name.quoted()))
                                           : std::nullopt;
  }
  switch (there->what) {
    case There::Else:
      return taken_by_else(*create, there->words);
    case There::Invalid:
      return invalid(*create, conduct);
    case There::Same:
      return create->if_not_exists ? std::nullopt
                                   : std::optional(same(create->name.quoted(), conduct));
    case There::Different:
      return different(*create, there->words);
    case There::Unclear:
      return unclear(*create, conduct);
  }
  return std::nullopt;
}

}  // namespace

Rule const concurrently_if_not_exists{
    .id = if_not_exists_rule, .recognise = recognise_concurrently_if_not_exists, .split = nullptr};

}  // namespace bellows::rules
