#include "planner/catalog/dump.hpp"

namespace bellows::catalog {

bool is_whole_dump(std::string_view text) {
  return text.find("\n-- PostgreSQL database dump complete") != std::string_view::npos;
}

}  // namespace bellows::catalog
