#include "runner/rollout/rights.hpp"

#include "runner/ledger/schema.hpp"
#include "runner/rollout/step.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace bellows::runner {
namespace {

using plan::Privilege;
using Kind = Privilege::Kind;

/// How a privilege of a relation is called; owning one is asked for in another way.
struct Word {
  Kind kind;
  char const* name;
};
constexpr std::array words{Word{Kind::Select, "SELECT"},        Word{Kind::Insert, "INSERT"},
                           Word{Kind::Update, "UPDATE"},        Word{Kind::Delete, "DELETE"},
                           Word{Kind::Truncate, "TRUNCATE"},    Word{Kind::Trigger, "TRIGGER"},
                           Word{Kind::References, "REFERENCES"}};

std::string ledger_grant(postgres::Session& session) {
  auto const names =
      session.run("SELECT quote_ident(current_user), quote_ident(current_database())");
  std::string const role = names.text(0, 0);
  if (ledger_exists(session)) {
    return fmt::format(
        "GRANT USAGE, CREATE ON SCHEMA bellows TO {0}; GRANT ALL ON ALL TABLES IN SCHEMA bellows "
        "TO {0}; GRANT ALL ON ALL SEQUENCES IN SCHEMA bellows TO {0}",
        role);
  }
  return fmt::format(
      "GRANT CREATE ON DATABASE {} TO {}; or: CREATE SCHEMA bellows AUTHORIZATION {}",
      names.text(0, 1), role, role);
}

class Asker {
 public:
  Asker(postgres::Session& session) : session_(session) {
    result_.role = session.run("SELECT quote_ident(current_user)").text(0, 0);
  }

  void ask(Privilege const& privilege) {
    switch (privilege.kind) {
      case Kind::Own:
      case Kind::Drop:
        return ask_owner(privilege);
      case Kind::DropRoutine:
        return ask_routine(privilege.on);
      case Kind::CreateIn:
        return ask_schema(privilege.on.schema);
      default:
        return ask_table(privilege);
    }
  }

  /// Of a database that bellows has never run in: it is made by whoever begins.
  void ask_ledger() {
    if (ledger_exists(session_)) {
      return;
    }
    auto const rows = session_.run(
        "SELECT CASE WHEN to_regnamespace('bellows') IS NULL "
        "THEN pg_catalog.has_database_privilege(current_database(), 'CREATE') "
        "ELSE pg_catalog.has_schema_privilege(to_regnamespace('bellows'), 'CREATE') END");
    if (!rows.truth(0, 0)) {
      add("it may not make the ledger, the schema bellows", ledger_grant(session_));
    }
  }

  Lacking take() { return std::move(result_); }

 private:
  void add(std::string what, std::string grant) {
    result_.what.push_back(std::move(what));
    if (std::ranges::find(result_.grants, grant) == result_.grants.end()) {
      result_.grants.push_back(std::move(grant));
    }
  }

  /// Of an owner `r`: a superuser's role is granted to nobody, one that is a member of ours can't
  /// be, and a role that does not inherit has nothing of being granted one.
  static constexpr char const* in_vain =
      "(r.rolsuper OR pg_catalog.pg_has_role(r.oid, current_user, 'MEMBER') OR NOT (SELECT "
      "rolinherit FROM pg_catalog.pg_roles WHERE rolname = current_user))";

  void ask_owner(Privilege const& privilege) {
    auto const rows = session_.run(
        fmt::format(
            "SELECT pg_catalog.pg_has_role(c.relowner, 'USAGE') OR ($2::bool AND "
            "pg_catalog.pg_has_role(n.nspowner, 'USAGE')), "
            "quote_ident(pg_catalog.pg_get_userbyid(c.relowner)), CASE WHEN {} THEN CASE "
            "c.relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED "
            "VIEW' "
            "ELSE 'TABLE' END || format(' %I.%I', n.nspname, coalesce((SELECT t.relname FROM "
            "pg_catalog.pg_index i JOIN pg_catalog.pg_class t ON t.oid = i.indrelid WHERE "
            "i.indexrelid "
            "= c.oid), c.relname)) ELSE '' END FROM pg_catalog.pg_class c JOIN "
            "pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_roles r ON "
            "r.oid = "
            "c.relowner WHERE c.oid = to_regclass($1)",
            in_vain),
        {privilege.on.quoted(), privilege.kind == Kind::Drop ? "true" : "false"});
    if (!rows.empty() && !rows.truth(0, 0)) {
      add_owner(privilege.on, rows.text(0, 1), rows.text(0, 2));
    }
  }

  /// By its name alone: what bellows drops has no arguments, and its names are nobody else's.
  void ask_routine(sql::QualifiedName const& name) {
    auto const rows = session_.run(
        fmt::format("SELECT quote_ident(r.rolname), {} FROM pg_catalog.pg_proc p JOIN "
                    "pg_catalog.pg_namespace n ON n.oid = p.pronamespace JOIN pg_catalog.pg_roles "
                    "r ON r.oid = "
                    "p.proowner WHERE p.proname = $1 AND n.nspname = coalesce(nullif($2, ''), "
                    "current_schema()) AND NOT pg_catalog.pg_has_role(p.proowner, 'USAGE') AND NOT "
                    "pg_catalog.pg_has_role(n.nspowner, 'USAGE') ORDER BY 1 LIMIT 1",
                    in_vain),
        {name.name.raw(), name.schema.raw()});
    if (!rows.empty()) {
      add_owner(name, rows.text(0, 0), rows.truth(0, 1) ? "ROUTINE " + name.quoted() : "");
    }
  }

  /// `hand_over`: what is owned by one whose role would be granted in vain.
  void add_owner(sql::QualifiedName const& on, std::string const& owner,
                 std::string const& hand_over) {
    others_.push_back(on);
    add(fmt::format("it does not own {}, {} does", on.display(), owner),
        hand_over.empty() ? fmt::format("GRANT {} TO {}", owner, result_.role)
                          : fmt::format("ALTER {} OWNER TO {}", hand_over, result_.role));
  }

  void ask_schema(sql::Identifier const& schema) {
    auto const rows = session_.run(
        "SELECT pg_catalog.has_schema_privilege(oid, 'CREATE'), quote_ident(nspname) FROM "
        "pg_catalog.pg_namespace WHERE nspname = coalesce(nullif($1, ''), current_schema())",
        {schema.raw()});
    if (!rows.empty() && !rows.truth(0, 0)) {
      add(fmt::format("it may not create anything in schema {}", rows.text(0, 1)),
          fmt::format("GRANT USAGE, CREATE ON SCHEMA {} TO {}", rows.text(0, 1), result_.role));
    }
  }

  /// A privilege on some of the columns is left to the statement itself.
  void ask_table(Privilege const& privilege) {
    if (std::ranges::find(others_, privilege.on) != others_.end()) {
      return;  // its owner's rights are granted, and this one among them
    }
    auto const* const word = std::ranges::find(words, privilege.kind, &Word::kind);
    bool const by_column = privilege.kind == Kind::Select || privilege.kind == Kind::Insert ||
                           privilege.kind == Kind::Update || privilege.kind == Kind::References;
    auto const rows = session_.run(
        "SELECT pg_catalog.has_table_privilege(oid, $2) OR (CASE WHEN $3::bool THEN "
        "pg_catalog.has_any_column_privilege(oid, $2) ELSE false END) FROM pg_catalog.pg_class "
        "WHERE oid = to_regclass($1) AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')",
        {privilege.on.quoted(), std::string{word->name}, by_column ? "true" : "false"});
    if (!rows.empty() && !rows.truth(0, 0)) {
      add(fmt::format("it has not the privilege {} on {}", word->name, privilege.on.display()),
          fmt::format("GRANT {} ON {} TO {}", word->name, privilege.on.quoted(), result_.role));
    }
  }

  postgres::Session& session_;
  Lacking result_;
  std::vector<sql::QualifiedName> others_;  // that somebody else owns
};

bool is_ownership(Privilege const& privilege) {
  return privilege.kind == Kind::Own || privilege.kind == Kind::Drop ||
         privilege.kind == Kind::DropRoutine;
}

}  // namespace

Lacking lacking(postgres::Session& session, std::vector<Privilege> const& needed) {
  Asker asker(session);
  asker.ask_ledger();
  for (bool const ownership : {true, false}) {
    for (Privilege const& privilege : needed) {
      if (is_ownership(privilege) == ownership) {
        asker.ask(privilege);
      }
    }
  }
  return asker.take();
}

void check_rights(postgres::Session& session, std::string const& migration,
                  std::vector<plan::Privilege> const& needed) {
  Lacking const missing = lacking(session, needed);
  if (missing.what.empty()) {
    return;
  }
  StepFailed refused(fmt::format("role {} may not do what {} needs; nothing was changed:\n  {}",
                                 missing.role, migration, fmt::join(missing.what, "\n  ")),
                     "", "42501",
                     fmt::format("as the owner or a superuser: {}; then the same command again",
                                 fmt::join(missing.grants, "; ")));
  refused.migration = migration;
  refused.nothing_changed = true;
  throw refused;
}

void with_ledger(postgres::Session& session, std::function<void()> const& body) {
  try {
    body();
  } catch (postgres::Failure const& failure) {
    if (failure.sqlstate != "42501") {
      throw;
    }
    StepFailed refused(
        fmt::format("role {} may not use the ledger, which is the schema bellows: {}; nothing was "
                    "changed",
                    session.run("SELECT current_user").text(0, 0), failure.what()),
        "", failure.sqlstate,
        fmt::format("as the owner or a superuser: {}; then the same command again",
                    ledger_grant(session)));
    refused.nothing_changed = true;
    throw refused;
  }
}

}  // namespace bellows::runner
