#include "planner/rules/do_block.hpp"
#include "planner/rules/sync_trigger.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>

/// The bodies of the two functions behind the sync triggers.
namespace bellows::rules {
namespace {

using sql::Identifier;

struct Values {
  explicit Values(SyncPair const& pair)
      : old_now("NEW." + pair.old_column.quoted()),
        new_now("NEW." + pair.new_column.quoted()),
        old_before("OLD." + pair.old_column.quoted()),
        new_before("OLD." + pair.new_column.quoted()),
        forward(pair.forward.with_columns(in_new)),
        reverse(pair.reverse.with_columns(in_new)) {}

  static std::string in_new(Identifier const& name) { return "NEW." + name.quoted(); }

  std::string old_now;
  std::string new_now;
  std::string old_before;
  std::string new_before;
  std::string forward;
  std::string reverse;
};

// Whether a filled row tells that the old application wrote it.
std::string counted_insert(SyncPair const& pair) {
  if (pair.old_fills_itself) {
    return "false";
  }
  std::string const value = "NEW." + pair.old_column.quoted();
  if (!pair.old_default) {
    return value + " IS NOT NULL";
  }
  return differ(pair, value, fmt::format("CAST({} AS {})", *pair.old_default, pair.type));
}

// Writes through the old side are counted here only: what a trigger of the user's changes is no
// write of the old application.
std::string first_body(SyncPair const& pair) {
  Values const v(pair);
  std::string const count = fmt::format("PERFORM pg_catalog.nextval({});",
                                        sql::quote_literal(sync_names(pair).old_writes.quoted()));
  return fmt::format(
      R"(BEGIN
  IF TG_OP = 'INSERT' THEN
    IF {new_now} IS NULL THEN
      IF {counted_insert} THEN {count} END IF;
      {new_now} := {forward};
    ELSE
      {old_now} := {reverse};
    END IF;
  ELSIF {new_changed} THEN
    {old_now} := {reverse};
  ELSE
    IF {old_changed} THEN {count} END IF;
    {new_now} := {forward};
  END IF;
  RETURN NEW;
END)",
      fmt::arg("old_now", v.old_now), fmt::arg("new_now", v.new_now), fmt::arg("count", count),
      fmt::arg("counted_insert", counted_insert(pair)), fmt::arg("forward", v.forward),
      fmt::arg("reverse", v.reverse),
      fmt::arg("new_changed", differ(pair, v.new_before, v.new_now)),
      fmt::arg("old_changed", differ(pair, v.old_before, v.old_now)));
}

/// A condition on `text`: it has the name as a word. Unquoted names are read without case.
std::string has_word(std::string const& text, Identifier const& name) {
  std::string pattern;
  for (char const letter : name.raw()) {
    bool const plain = std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_' ||
                       static_cast<unsigned char>(letter) >= 0x80;
    pattern += plain ? std::string(1, letter) : std::string("\\") + letter;
  }
  bool const folded = name.quoted() == name.raw();
  return fmt::format("{} {} {}", text, folded ? "~*" : "~",
                     sql::quote_literal("(^|[^[:alnum:]_$])" + pattern + "([^[:alnum:]_$]|$)"));
}

// The triggers that may have parted the pair, by what their function or arguments say. Comments say
// nothing; a sync trigger of another pair knows neither name.
std::string knows_only_the_new_name(SyncPair const& pair) {
  return fmt::format(
      R"(SELECT coalesce(bool_or({says_new}) AND NOT bool_or({says_old}), false)
    FROM (SELECT regexp_replace(regexp_replace(p.prosrc, '/[*].*?[*]/', ' ', 'g'), '--[^\n]*', ' ', 'g') || ' ' ||
            replace(encode(t.tgargs, 'escape'), '\000', ' ') AS words
          FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
          WHERE t.tgrelid = TG_RELID AND t.tgenabled <> 'D' AND (t.tgtype & 3) = 3
            AND p.proname !~ '^bellows_sync_') AS others)",
      fmt::arg("says_new", has_word("words", pair.new_column)),
      fmt::arg("says_old", has_word("words", pair.old_column)));
}

// `was_filled`: the row as it was before tells what belongs to what.
std::string last_body(SyncPair const& pair) {
  Values const v(pair);
  return fmt::format(
      R"(DECLARE
  new_leads boolean := ({new_leads});
  was_filled boolean := false;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    was_filled := NOT ({unfilled_before});
    new_leads := new_leads AND (was_filled OR {new_now} IS NOT NULL);
  END IF;
  IF new_leads THEN
    IF was_filled AND NOT {new_changed} THEN
      {old_now} := {old_before};
    ELSE
      {old_now} := {reverse};
    END IF;
  ELSIF was_filled AND NOT {old_changed} THEN
    {new_now} := {new_before};
  ELSE
    {new_now} := {forward};
  END IF;
  RETURN NEW;
END)",
      fmt::arg("new_leads", knows_only_the_new_name(pair)),
      fmt::arg("unfilled_before", unfilled(pair, "OLD.")), fmt::arg("old_now", v.old_now),
      fmt::arg("new_now", v.new_now), fmt::arg("old_before", v.old_before),
      fmt::arg("new_before", v.new_before), fmt::arg("forward", v.forward),
      fmt::arg("reverse", v.reverse),
      fmt::arg("new_changed", differ(pair, v.new_before, v.new_now)),
      fmt::arg("old_changed", differ(pair, v.old_before, v.old_now)));
}

// Whoever writes the row fires the trigger, and may have no right to the schema that the counter is
// in (it wrote through a view). So the function runs with its owner's rights, unless it calls
// functions that the author named: those must not be lent the owner's rights.
std::string create_function(SyncPair const& pair, sql::QualifiedName const& name,
                            std::string const& body) {
  std::string const tag = dollar_tag(body);
  return fmt::format(
      "CREATE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql{}\n"
      "SET search_path = pg_catalog, pg_temp\nAS {}\n{}\n{}",
      name.quoted(), is_plain(pair) ? " SECURITY DEFINER" : "", tag, body, tag);
}

}  // namespace

std::vector<std::string> create_sync_functions(SyncPair const& pair) {
  SyncNames const names = sync_names(pair);
  std::vector<std::string> statements{fmt::format("CREATE SEQUENCE {}", names.old_writes.quoted())};
  if (!is_plain(pair)) {
    statements.push_back(
        fmt::format("GRANT USAGE ON SEQUENCE {} TO PUBLIC", names.old_writes.quoted()));
  }
  statements.push_back(create_function(pair, names.first_function, first_body(pair)));
  statements.push_back(create_function(pair, names.last_function, last_body(pair)));
  return statements;
}

std::vector<std::string> drop_sync_functions(SyncPair const& pair) {
  SyncNames const names = sync_names(pair);
  return {fmt::format("DROP FUNCTION IF EXISTS {}()", names.first_function.quoted()),
          fmt::format("DROP FUNCTION IF EXISTS {}()", names.last_function.quoted()),
          fmt::format("DROP SEQUENCE IF EXISTS {}", names.old_writes.quoted())};
}

}  // namespace bellows::rules
