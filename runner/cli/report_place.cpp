#include "runner/cli/report_place.hpp"

#include "planner/sql/split.hpp"

#include <algorithm>
#include <cctype>

namespace bellows::runner {
namespace {

bool word_byte(char byte) {
  auto const code = static_cast<unsigned char>(byte);
  return std::isalnum(code) != 0 || byte == '_' || code >= 0x80U;
}

std::size_t word_length(std::string_view text) {
  auto const end = std::find_if_not(text.begin(), text.end(), word_byte);
  return std::max<std::size_t>(1, static_cast<std::size_t>(end - text.begin()));
}

/// From the statement's own position, so that a long file is not counted again from its start.
Place place_at(CheckedFile const& file, sql::Statement const& statement, std::size_t inside,
               std::size_t length) {
  std::string_view const text = file.text;
  Place place;
  place.offset = std::min(statement.raw.at.offset + inside, text.size());
  place.length = std::min(length, text.size() - place.offset);
  place.begin = statement.raw.at;
  sql::advance(place.begin, text, place.offset);
  place.end = place.begin;
  sql::advance(place.end, text, place.offset + place.length);
  return place;
}

}  // namespace

Place place_of(CheckedFile const& file, sql::Statement const& statement) {
  return place_at(file, statement, 0, statement.raw.text.size());
}

Place place_of(CheckedFile const& file, sql::Statement const& statement,
               rules::Finding const& finding) {
  return finding.at.length == 0 ? place_of(file, statement)
                                : place_at(file, statement, finding.at.offset, finding.at.length);
}

Place main_place(CheckedFile const& file, rules::Reviewed const& reviewed) {
  sql::Statement const& statement = reviewed.statement;
  if (auto const* unparsed = std::get_if<sql::Unparsed>(&statement.body)) {
    std::size_t const inside = std::min(unparsed->at.offset, statement.raw.text.size());
    return place_at(file, statement, inside,
                    word_length(std::string_view(statement.raw.text).substr(inside)));
  }
  for (rules::Finding const& finding : reviewed.findings) {
    if (finding.at.length != 0) {
      return place_of(file, statement, finding);
    }
  }
  return place_of(file, statement);
}

Excerpt excerpt_of(CheckedFile const& file, Place const& place) {
  return excerpt(file.text, place.begin, place.length);
}

}  // namespace bellows::runner
