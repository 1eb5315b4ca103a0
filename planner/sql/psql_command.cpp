#include "planner/sql/script.hpp"

#include <algorithm>
#include <iterator>

namespace bellows::sql {

namespace {

constexpr std::string_view blanks = " \t\r";

/// Shows or formats, or is about the session of psql alone.
constexpr std::string_view harmless[] = {
    "restrict", "unrestrict", "echo", "qecho", "warn",     "timing",     "pset", "a", "C", "f",
    "H",        "t",          "T",    "x",     "conninfo", "errverbose", "p",    "r", "s", "html"};

struct Meant {
  std::string_view names;  // blank-separated, a blank at each end
  std::string_view why;
};

constexpr Meant refused[] = {
    {" c connect ",
     "the statements behind it are meant for another database or role, and a "
     "migration has one"},
    {" i ir include include_relative ",
     "the file that it names is not read: put its statements here, or make it a migration"},
    {" if elif else endif ", "which statements run would be decided while psql reads them"},
    {" g gx gset gexec gdesc crosstabview watch bind parse close bind_named ",
     "psql sends the statement in front of it and does something with the answer; end the "
     "statement with a semicolon"},
    {" copy ", "the rows would come from a file of psql's machine"},
    {" set unset prompt getenv setenv ", "a variable of psql (:name) is filled in by psql alone"},
    {" encoding ", "the bytes behind it would be read as other characters; save the file as UTF-8"},
    {" q quit ", "psql would read no further, and whatever stands behind it would not run"},
    {" ! o out w write g| e edit ef ev cd ", "it reaches outside of the database"},
};

std::string_view next_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
  std::string_view const word = rest.substr(0, rest.find_first_of(blanks));
  rest.remove_prefix(word.size());
  return word;
}

/// psql's own settings are in capitals (ON_ERROR_STOP); whatever else is set is used as :name.
bool sets_psql(std::string_view name, std::string_view argument) {
  bool const sets = name == "set" || name == "unset";
  return sets && !argument.empty() && std::ranges::all_of(argument, [](char c) {
           return (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
         });
}

bool keeps_utf8(std::string_view name, std::string_view argument) {
  constexpr std::string_view same[] = {"UTF8", "UTF-8", "utf8", "utf-8", "unicode", "UNICODE"};
  std::string_view bare = argument;
  if (bare.size() > 1 && bare.front() == '\'') {
    bare = bare.substr(1, bare.size() - 2);
  }
  return name == "encoding" && std::ranges::find(same, bare) != std::end(same);
}

}  // namespace

std::string why_refused(std::string_view command) {
  std::string_view rest =
      command.substr(std::min<std::size_t>(command.find_first_not_of('\\'), command.size()));
  std::string_view const name = next_word(rest);
  std::string_view const argument = next_word(rest);
  if (std::ranges::find(harmless, name) != std::end(harmless) || sets_psql(name, argument) ||
      keeps_utf8(name, argument)) {
    return "";
  }
  for (Meant const& one : refused) {
    if (one.names.find(" " + std::string(name) + " ") != std::string_view::npos) {
      return std::string(one.why);
    }
  }
  return "the server does not know it";
}

}  // namespace bellows::sql
