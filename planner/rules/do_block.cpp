#include "planner/rules/do_block.hpp"

#include <fmt/core.h>

namespace bellows::rules {

std::string dollar_tag(std::string_view text) {
  std::string tag = "$bellows$";
  while (text.find(tag) != std::string_view::npos) {
    tag.insert(tag.size() - 1, "_");
  }
  return tag;
}

std::string do_block(std::string const& declarations, std::string const& statements) {
  std::string const body = fmt::format(R"(DECLARE
  path text := pg_catalog.current_setting('search_path');
{}BEGIN
  PERFORM pg_catalog.set_config('search_path', 'pg_catalog', true);
{}  PERFORM set_config('search_path', path, true);
END)",
                                       declarations, statements);
  std::string const tag = dollar_tag(body);
  return fmt::format("DO {}\n{}\n{}", tag, body, tag);
}

}  // namespace bellows::rules
