#include "tests/support/job_bench.hpp"

#include "batcher/control/controls.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>

namespace bellows::test {

void make_ledger(TempDatabase const& db) {
  postgres::Session session = db.session();
  session.run("CREATE SCHEMA bellows");
  for (auto const* const statements :
       {&batcher::job_tables_ddl(), &batcher::letter_tables_ddl(), &batcher::control_tables_ddl(),
        &batcher::pause_columns_ddl()}) {
    for (std::string const& statement : *statements) {
      session.run(statement);
    }
  }
}

void make_counted_table(TempDatabase const& db, int rows) {
  postgres::Session session = db.session();
  session.run("CREATE TABLE t (id int PRIMARY KEY, name text, copy text)");
  session.run(
      fmt::format("INSERT INTO t SELECT i, 'name ' || i FROM generate_series(1, {}) AS i", rows));
  session.run("CREATE TABLE writes (id int)");
  session.run(
      "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS"
      " 'BEGIN INSERT INTO public.writes VALUES (NEW.id); RETURN NEW; END'");
  session.run("CREATE TRIGGER noted BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION note()");
}

batcher::Spec copy_spec() {
  batcher::Spec spec;
  spec.id = "j";
  spec.table = sql::parse_qualified_name("public.t");
  spec.key = {sql::Identifier("id")};
  spec.action = batcher::Update{{{sql::Identifier("copy"), "upper(name)"}}};
  return spec;
}

std::vector<std::pair<sql::Identifier, std::string>>& set_of(batcher::Spec& spec) {
  return std::get<batcher::Update>(spec.action).set;
}

batcher::Options small_batches(std::int64_t rows) {
  batcher::Options options;
  options.min_rows = rows;
  options.max_rows = rows;
  options.first_rows = rows;
  options.retry_budget = std::chrono::seconds(30);
  return options;
}

batcher::Surroundings surroundings_of(TempDatabase const& db, std::int64_t fence) {
  batcher::Surroundings surroundings;
  surroundings.conninfo = db.conninfo();
  surroundings.fence = fence;
  return surroundings;
}

Observer crash_at(int k) {
  auto count = std::make_shared<std::atomic<int>>(0);  // lanes tell from several threads
  return [count, k](Event const&) {
    if (++*count == k) {
      throw CrashedHere();
    }
  };
}

Observer at_event(std::string what, std::function<void()> act) {
  return [what = std::move(what), act = std::move(act)](Event const& event) {
    if (event.what == what) {
      act();
    }
  };
}

void expect_each_row_written_once(TempDatabase const& db) {
  EXPECT_EQ(db.value("SELECT count(*) FROM t WHERE copy IS DISTINCT FROM upper(name)"), "0");
  EXPECT_EQ(db.value("SELECT count(*) FROM t LEFT JOIN (SELECT id, count(*) AS times FROM writes"
                     " GROUP BY id) w USING (id) WHERE times IS DISTINCT FROM 1"),
            "0");
}

}  // namespace bellows::test
