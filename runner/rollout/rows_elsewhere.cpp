#include "runner/rollout/rows_elsewhere.hpp"

#include "runner/catalog/kept_elsewhere.hpp"

#include <fmt/core.h>

#include <map>

namespace bellows::runner {
namespace {

/// Of each table that a plan is about, whether batches or verifications go over its rows.
using Tables = std::map<sql::QualifiedName, bool>;

struct AddRows {
  Tables& tables;
  void operator()(plan::RunSql const&) const {}
  void operator()(plan::Gate const&) const {}
  void operator()(plan::Verify const& verify) const { tables[verify.table] = true; }
  void operator()(plan::Batch const& batch) const {
    tables[batch.table] = true;
    if (auto const* copy = std::get_if<plan::CopyRows>(&batch.action)) {
      tables[copy->into] = true;
    }
  }
};

Tables written_tables_of(plan::Plan const& plan) {
  Tables tables;
  for (plan::ReliedOn const& fact : plan.relies_on) {
    tables.emplace(fact.table, false);
  }
  for (auto const* steps : {&plan.expand, &plan.backfill, &plan.contract}) {
    for (plan::Step const& step : *steps) {
      for (auto const& [table, mode] : step.locks) {
        tables.emplace(table, false);
      }
      std::visit(AddRows{tables}, step.action);
    }
  }
  return tables;
}

constexpr char const* family_query = R"(
WITH RECURSIVE family AS (
  SELECT to_regclass($1)::oid AS relid
  UNION
  SELECT i.inhrelid FROM family f JOIN pg_catalog.pg_inherits i ON i.inhparent = f.relid
)
SELECT c.oid, c.relkind, quote_ident(n.nspname) || '.' || quote_ident(c.relname)
FROM family f
JOIN pg_catalog.pg_class c ON c.oid = f.relid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
ORDER BY c.oid)";

}  // namespace

void refuse_rows_elsewhere(postgres::Session& session, plan::Plan const& plan) {
  postgres::Transaction transaction = session.begin();
  auto const kept = catalog::kept_by_citus(transaction);
  for (auto const& [table, over_rows] : written_tables_of(plan)) {
    auto const family = transaction.run(family_query, {table.quoted()});
    for (std::size_t row = 0; row < family.size(); ++row) {
      std::string const name = family.text(row, 2);
      if (kept.contains(family.text(row, 0))) {
        throw RowsElsewhere(
            fmt::format(
                "Citus keeps the rows of {} on other servers: what this one has of it is an "
                "empty shell, in which bellows would find and verify no row. Nothing was "
                "touched",
                name),
            fmt::format("change {} by hand, as Citus' manual says; `bellows abort {}` takes back "
                        "what has been expanded",
                        name, plan.migration));
      }
      if (over_rows && family.text(row, 1) == "f") {
        throw RowsElsewhere(
            fmt::format("{} is a foreign table: its rows are on another server, where a batch "
                        "could not be committed together with its checkpoint. Nothing was touched",
                        name),
            fmt::format("change its rows on that server, and take it out of {} meanwhile (DETACH "
                        "PARTITION, NO INHERIT)",
                        table.display()));
      }
    }
  }
  transaction.commit();
}

}  // namespace bellows::runner
