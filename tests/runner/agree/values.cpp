#include "tests/runner/agree/values.hpp"

#include <algorithm>
#include <vector>

namespace bellows::agree {

namespace {

struct Type {
  std::string_view begins;  // of its name, as format_type() prints it
  std::vector<std::string> next;
  std::vector<std::string> constants;
  std::string_view predicate;   // $ is the column
  std::string_view expression;  // likewise
};

std::vector<Type> const& types() {
  static std::vector<Type> const all = {
      {"integer",
       {"bigint", "numeric", "text", "smallint", "plain_int", "positive", "boolean", "int",
        "timestamptz"},
       {"5", "0", "'7'"},
       "$ > 0",
       "abs($)"},
      {"bigint",
       {"int", "numeric(20,0)", "text", "bigint", "double precision"},
       {"5", "'7'"},
       "$ >= 1",
       "($ + 1)"},
      {"smallint", {"int", "bigint", "text"}, {"5"}, "$ > 0", "abs($)"},
      {"numeric",
       {"numeric(12,2)", "numeric(10,2)", "numeric(8,4)", "numeric", "int", "text",
        "double precision"},
       {"5.5", "0"},
       "$ >= 0",
       "round($)"},
      {"text",
       {"varchar(50)", "varchar", "text", "int", "citext_missing", "char(5)", "jsonb",
        "text COLLATE \"C\"", "uuid", "mood", "text[]"},
       {"'x'", "''"},
       "length($) < 100",
       "lower($)"},
      {"character varying",
       {"varchar(200)", "varchar(5)", "text", "varchar", "int", "varchar(30) COLLATE \"C\"",
        "char(30)"},
       {"'x'"},
       "$ <> 'none'",
       "lower($)"},
      {"character(", {"text", "varchar(10)", "char(10)"}, {"'x'"}, "$ <> 'none'", "lower($)"},
      {"date",
       {"timestamp", "timestamptz", "text", "date", "int"},
       {"'2026-01-01'", "CURRENT_DATE"},
       "$ > '2000-01-01'",
       "($ + 1)"},
      {"timestamp without",
       {"timestamptz", "date", "text", "timestamp(3)", "timestamp(6)"},
       {"'2026-01-01'", "now()"},
       "$ > '2000-01-01'",
       "date_trunc('day', $)"},
      {"timestamp with",
       {"timestamp", "date", "text", "timestamptz(3)"},
       {"now()", "'2026-01-01 00:00+00'"},
       "$ IS NOT NULL",
       "($ AT TIME ZONE 'UTC')"},
      {"boolean", {"int", "text", "boolean"}, {"true", "false"}, "$", "(NOT $)"},
      {"uuid", {"text", "uuid", "bytea"}, {"gen_random_uuid()"}, "$ IS NOT NULL", "($::text)"},
      {"jsonb", {"json", "text", "jsonb"}, {"'{}'"}, "$ IS NOT NULL", "($ ->> 'k')"},
      {"real", {"double precision", "numeric", "int"}, {"1.5"}, "$ > 0", "abs($)"},
      {"double precision", {"real", "numeric", "bigint"}, {"1.5"}, "$ > 0", "abs($)"},
      {"integer[]",
       {"bigint[]", "text", "text[]"},
       {"'{1}'"},
       "$ IS NOT NULL",
       "array_length($, 1)"},
      {"public.mood",
       {"text", "rarely", "varchar(20)", "mood"},
       {"'good'", "'bad'"},
       "$ = 'good'",
       "($ = 'bad')"},
      {"public.positive", {"int", "bigint", "plain_int"}, {"5"}, "$ > 0", "($ + 1)"},
      {"public.plain_int", {"int", "bigint", "positive"}, {"5"}, "$ > 0", "($ + 1)"},
      {"public.short_text", {"text", "varchar(20)", "varchar(10)"}, {"'x'"}, "$ <> ''", "lower($)"},
      {"inet", {"cidr", "text"}, {"'10.0.0.1'"}, "$ IS NOT NULL", "host($)"},
      {"cidr", {"inet", "text"}, {"'10.0.0.0/8'"}, "$ IS NOT NULL", "host($)"},
      {"interval", {"interval(3)", "text"}, {"'1 day'"}, "$ IS NOT NULL", "($ * 2)"},
      {"time ", {"interval", "text", "time(3)"}, {"'10:00'"}, "$ IS NOT NULL", "($ + '1 h')"},
      {"xml", {"text"}, {"NULL"}, "$ IS NOT NULL", "($ IS NULL)"},
      {"bit",
       {"bit varying(8)", "varbit", "bit(4)"},
       {"B'00000000'"},
       "$ IS NOT NULL",
       "length($)"},
      {"money", {"numeric", "text"}, {"5"}, "$ IS NOT NULL", "($ IS NULL)"},
      {"bytea", {"text", "bytea"}, {"'\\x00'"}, "$ IS NOT NULL", "length($)"},
  };
  return all;
}

Type const* find(std::string const& type) {
  auto const exact = [&](Type const& one) { return type == one.begins; };
  auto const begins = [&](Type const& one) {
    return type.starts_with(one.begins) && !type.ends_with("[]");
  };
  auto found = std::ranges::find_if(types(), exact);
  found = found == types().end() ? std::ranges::find_if(types(), begins) : found;
  return found == types().end() ? nullptr : &*found;
}

std::string filled(std::string_view text, std::string const& column) {
  std::string result;
  for (char const c : text) {
    result += c == '$' ? column : std::string(1, c);
  }
  return result;
}

}  // namespace

std::string any_type(Dice& dice) {
  static std::vector<std::string> const all = {
      "int",   "int",         "bigint",    "text",       "text",    "varchar(30)", "numeric(8,2)",
      "date",  "timestamptz", "timestamp", "boolean",    "uuid",    "jsonb",       "mood",
      "int[]", "positive",    "plain_int", "short_text", "address", "no_such_type"};
  return dice.of(all);
}

std::string next_type(Dice& dice, std::string const& from) {
  Type const* type = find(from);
  return type == nullptr || dice.percent(8) ? any_type(dice) : dice.of(type->next);
}

std::string constant_of(Dice& dice, std::string const& type) {
  Type const* known = find(type);
  if (known == nullptr && type.ends_with("[]")) {
    return "'{}'";
  }
  return known == nullptr || dice.percent(3) ? "NULL" : dice.of(known->constants);
}

std::string predicate_of(Dice& dice, std::string const& column, std::string const& type) {
  Type const* known = find(type);
  return known == nullptr || dice.percent(25) ? column + " IS NOT NULL"
                                              : filled(known->predicate, column);
}

std::string expression_of(std::string const& column, std::string const& type) {
  Type const* known = find(type);
  return filled(known == nullptr ? "($ IS NULL)" : known->expression, column);
}

bool is_integer(std::string_view type) {
  return type == "integer" || type == "bigint" || type == "smallint";
}

}  // namespace bellows::agree
