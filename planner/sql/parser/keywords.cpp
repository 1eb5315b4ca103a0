#include "planner/sql/keywords.hpp"

#include "planner/sql/parser/postgres.hpp"

extern "C" {
#include "common/keywords.h"
}

namespace bellows::sql {

bool is_keyword(std::string const& word) {
  int const at = ScanKeywordLookup(word.c_str(), &ScanKeywords);
  return at >= 0 && ScanKeywordCategories[at] != UNRESERVED_KEYWORD;
}

bool is_any_keyword(char const* word) {
  return ScanKeywordLookup(word, &ScanKeywords) >= 0;
}

}  // namespace bellows::sql
