#pragma once

#include <span>
#include <string_view>
#include <vector>

/// What there is to know of a rule, for people: `bellows explain RULE`. Data; a test holds every
/// rule to having a page, its bad example to giving the finding and its good one to giving none.
namespace bellows::rules {

struct Page {
  std::string_view id;
  std::string_view title;        // one line, without a full stop
  std::string_view effect;       // what PostgreSQL does
  std::string_view application;  // what the application feels
  std::string_view bad;          // one migration
  std::string_view good;         // one or more, separated by `-- next migration` lines
  std::string_view versions;     // where they differ; else since when it is so
  std::string_view source;       // the manual's page, a source file, an experience report
  std::string_view runner{};     // who runs the examples; empty: bellows
};

/// All of them, by id.
std::vector<Page> const& pages();
/// nullptr when there is no such rule.
Page const* page(std::string_view id);

/// The schema that the examples are about: users and their sessions.
std::string_view example_schema();

/// The migrations of an example, in order.
std::vector<std::string_view> migrations_of(std::string_view example);

// planner/rules/pages/, by what the rules are about:
std::span<Page const> column_pages();
std::span<Page const> constraint_pages();
std::span<Page const> index_pages();
std::span<Page const> table_pages();
std::span<Page const> type_pages();
std::span<Page const> transaction_pages();
std::span<Page const> general_pages();
std::span<Page const> breaking_pages();

}  // namespace bellows::rules
