#include "planner/sql/keywords.hpp"

#include "planner/sql/one_slip.hpp"
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

std::string keyword_meant(std::string const& word) {
  constexpr std::size_t shortest = 4;
  if (word.size() < shortest || is_any_keyword(word.c_str())) {
    return "";
  }
  std::string found;
  for (int at = 0; at < ScanKeywords.num_keywords; ++at) {
    std::string const keyword = GetScanKeyword(at, &ScanKeywords);
    bool const swapped = is_swapped(word, keyword);
    if (swapped || (found.empty() && is_one_slip(word, keyword))) {
      found = keyword;
    }
    if (swapped) {
      break;
    }
  }
  return found;
}

}  // namespace bellows::sql
