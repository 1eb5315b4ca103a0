#include "planner/rules/concurrently_if_not_exists.hpp"

#include <fmt/core.h>

namespace bellows::rules {

namespace {

std::string left_behind(std::string const& index) {
  return fmt::format(
      "A build that was interrupted leaves {} behind INVALID; repeated, this passes over it and "
      "reports success.",
      index);
}

std::string there_and_invalid(std::string const& index) {
  return fmt::format(
      "{} is there and INVALID: IF NOT EXISTS passes over it, no query ever uses it, and every "
      "write still pays for it.",
      index);
}

std::optional<Finding> recognise_concurrently_if_not_exists(Question const& question) {
  auto const* create = std::get_if<sql::CreateIndex>(&question.statement.body);
  if (create == nullptr || !create->concurrently || !create->if_not_exists) {
    return std::nullopt;
  }
  catalog::Table const* table = question.catalog.table(create->table);
  catalog::Index const* index = table == nullptr ? nullptr : table->index(create->name);
  if (index != nullptr && index->valid) {
    return std::nullopt;
  }
  std::string const name = create->name.quoted();
  return Finding{"concurrently-if-not-exists",
                 index == nullptr ? Severity::Warning : Severity::Error,
                 index == nullptr ? left_behind(name) : there_and_invalid(name),
                 "Without IF NOT EXISTS; `bellows up` drops what an interrupted build has left and "
                 "builds again."};
}

}  // namespace

Rule const concurrently_if_not_exists{.id = "concurrently-if-not-exists",
                                      .recognise = recognise_concurrently_if_not_exists,
                                      .split = nullptr};

}  // namespace bellows::rules
