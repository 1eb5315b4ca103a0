#include "planner/rules/page.hpp"

#include <algorithm>

namespace bellows::rules {

namespace {

constexpr std::string_view separator = "-- next migration\n";

constexpr std::string_view schema_sql = R"(CREATE TYPE mood AS ENUM ('calm', 'wild');
CREATE TABLE users (
  id integer PRIMARY KEY,
  email varchar(100) NOT NULL,
  name text,
  role text,
  created_at timestamp
);
CREATE UNIQUE INDEX users_email_idx ON users (email);
CREATE INDEX users_role_idx ON users (role);
CREATE TABLE sessions (id bigint PRIMARY KEY, user_id integer, room integer, during tsrange);
CREATE VIEW user_names AS SELECT id, name FROM users;
)";

}  // namespace

std::vector<Page> const& pages() {
  static std::vector<Page> const all = [] {
    std::vector<Page> joined;
    for (std::span<Page const> some :
         {column_pages(), constraint_pages(), index_pages(), table_pages(), type_pages(),
          transaction_pages(), general_pages(), breaking_pages()}) {
      joined.insert(joined.end(), some.begin(), some.end());
    }
    std::ranges::sort(joined, {}, &Page::id);
    return joined;
  }();
  return all;
}

Page const* page(std::string_view id) {
  auto const found = std::ranges::lower_bound(pages(), id, {}, &Page::id);
  return found == pages().end() || found->id != id ? nullptr : &*found;
}

std::string_view example_schema() {
  return schema_sql;
}

std::vector<std::string_view> migrations_of(std::string_view example) {
  std::vector<std::string_view> parts;
  for (std::size_t at = example.find(separator); at != std::string_view::npos;
       at = example.find(separator)) {
    parts.push_back(example.substr(0, at));
    example.remove_prefix(at + separator.size());
  }
  parts.push_back(example);
  return parts;
}

}  // namespace bellows::rules
