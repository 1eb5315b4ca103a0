#include "runner/rollout/unnamed.hpp"

#include "planner/sql/mentions.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace bellows::runner {
namespace {

using sql::Identifier;
using sql::QualifiedName;

/// A view's own columns keep their names; what is asked of its triggers is what they do to the
/// table. Copies of a parent's trigger on its partitions are the parent's. tgargs holds each
/// argument with a zero byte behind it.
constexpr char const* triggers_of_table = R"(
WITH RECURSIVE related AS (
  SELECT $1::pg_catalog.regclass::pg_catalog.oid AS oid
  UNION
  SELECT more.oid FROM related, LATERAL (
    SELECT i.inhrelid AS oid FROM pg_catalog.pg_inherits i WHERE i.inhparent = related.oid
    UNION
    SELECT r.ev_class FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
    WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.refobjid = related.oid
      AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND r.ev_type = '1'
  ) more
)
SELECT c.oid::pg_catalog.regclass, c.relkind = 'v', t.tgname, fn.nspname, p.proname, l.lanname,
  CASE WHEN l.lanname NOT IN ('c', 'internal') THEN p.prosrc END,
  (SELECT coalesce(pg_catalog.json_agg(pg_catalog.convert_from(pg_catalog.decode(a, 'escape'),
     pg_catalog.getdatabaseencoding()) ORDER BY place), '[]')
   FROM pg_catalog.unnest(pg_catalog.string_to_array(pg_catalog.encode(t.tgargs, 'escape'), '\000'))
     WITH ORDINALITY u(a, place) WHERE place <= t.tgnargs),
  fn.nspname = 'pg_catalog' OR EXISTS (SELECT FROM pg_catalog.pg_depend e
    WHERE e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND e.objid = p.oid AND e.deptype = 'e')
FROM related JOIN pg_catalog.pg_class c ON c.oid = related.oid
JOIN pg_catalog.pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgparentid = 0
JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
JOIN pg_catalog.pg_namespace fn ON fn.oid = p.pronamespace
JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE p.proname !~ '^bellows_sync_' AND t.tgname !~ '![0-9a-f]{8}!$'
ORDER BY c.relkind, c.relname, t.tgname)";

struct Said {
  std::string relation;
  bool of_view = false;
  Identifier trigger;
  QualifiedName function;
  std::string language;
  std::optional<std::string> body;
  std::vector<std::string> arguments;
  bool of_extension = false;  // or PostgreSQL's own: it takes names as arguments
};

Said said_at(postgres::Rows const& rows, std::size_t row) {
  return {.relation = rows.text(row, 0),
          .of_view = rows.truth(row, 1),
          .trigger = Identifier(rows.text(row, 2)),
          .function = {Identifier(rows.text(row, 3)), Identifier(rows.text(row, 4))},
          .language = rows.text(row, 5),
          .body = rows.value(row, 6),
          .arguments = nlohmann::json::parse(rows.text(row, 7)).get<std::vector<std::string>>(),
          .of_extension = rows.truth(row, 8)};
}

template <typename Name>
bool has(std::vector<Name> const& names, Name const& name) {
  return std::ranges::find(names, name) != names.end();
}

/// What of it says the name: "" where nothing does.
std::string saying(Said const& said, plan::Gate const& gate) {
  if (!said.of_view && has(gate.replaces_triggers, said.trigger)) {
    return "";
  }
  if (has(said.arguments, gate.column.raw())) {
    return fmt::format("trigger {} on {} has it as an argument", said.trigger.quoted(),
                       said.relation);
  }
  if (!said.body || has(gate.replaces_functions, said.function)) {
    return "";
  }
  auto const found = sql::mentions(*said.body, said.language, gate.column, gate.table);
  if (!found.as_word && (said.of_view || !found.of_row)) {
    return "";
  }
  return fmt::format("{}() of trigger {} on {}", said.function.quoted(), said.trigger.quoted(),
                     said.relation);
}

std::string joined(std::set<std::string> const& parts) {
  std::string text;
  for (std::string const& part : parts) {
    text += (text.empty() ? "" : ", ") + part;
  }
  return text;
}

}  // namespace

GateState look_at_names(postgres::Session& session, plan::Gate const& gate) {
  auto const rows = session.run(triggers_of_table, {gate.table.quoted()});
  std::set<std::string> saying_it;
  std::set<std::string> unread;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    Said const said = said_at(rows, row);
    if (std::string const what = saying(said, gate); !what.empty()) {
      saying_it.insert(what);
    } else if (!said.body && !said.of_extension) {
      unread.insert(fmt::format("{}() ({})", said.function.quoted(), said.language));
    }
  }
  std::string const beside =
      unread.empty() ? "" : "; what it depends on and could not be read: " + joined(unread);
  if (saying_it.empty()) {
    return {.open = true,
            .evidence = fmt::format("no trigger says {}{}", gate.column.quoted(), beside),
            .opens_by_itself = false};
  }
  return {.open = false,
          .evidence = fmt::format(
              "once {0} is gone every write that fires one of these fails, for they still say it: "
              "{1}{2}. Replace them (CREATE OR REPLACE) with the new name, in the migration's file "
              "before its expand, else by hand in one transaction",
              gate.column.quoted(), joined(saying_it), beside),
          .opens_by_itself = false};
}

}  // namespace bellows::runner
