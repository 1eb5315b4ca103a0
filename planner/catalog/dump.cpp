#include "planner/catalog/dump.hpp"

namespace bellows::catalog {

bool is_whole_dump(std::string_view text) {
  return text.find("\n-- PostgreSQL database dump complete") != std::string_view::npos;
}

void expect(Catalog& catalog, std::string_view file) {
  catalog.complete = is_whole_dump(file);
  catalog.extended = !catalog.complete;  // CREATE EXTENSION says so
  if (catalog.complete) {
    catalog.schemas.insert(Identifier("public"));  // every database begins with it
  }
}

}  // namespace bellows::catalog
