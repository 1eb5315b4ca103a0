#include "tests/runner/rollout/rename_bench.hpp"
#include "tests/support/temp_database.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

/// `bellows snapshot`: sizes only where they are asked for, and what `check` makes of them.
namespace bellows::test::snapshot_command_db_test {
namespace {

using Json = nlohmann::json;

constexpr char const* scene =
    "CREATE TABLE counted (id int PRIMARY KEY, v text);"
    "INSERT INTO counted SELECT g, repeat('x', 100) FROM generate_series(1, 2000) g;"
    "CREATE TABLE never_counted (id int);"
    "CREATE VIEW seen AS SELECT id FROM counted;"
    "ANALYZE counted";

TEST(SnapshotCommand, KeepsSizesOnRequest) {
  TempDatabase database;
  database.run(scene);
  Project const project(database.conninfo());
  Json const with = Json::parse(project.run({"snapshot", "--sizes"}).answer);
  Json const& counted = with["tables"]["public.counted"];
  EXPECT_EQ(counted["rows"], 2000);
  EXPECT_EQ(std::to_string(counted["bytes"].get<long>()),
            database.value("SELECT pg_total_relation_size('counted')"));
  EXPECT_FALSE(with["tables"]["public.never_counted"].contains("rows"));
  EXPECT_EQ(with["tables"]["public.never_counted"]["bytes"], 0);
  EXPECT_FALSE(with["tables"]["public.seen"].contains("bytes"));

  Json without = Json::parse(project.run({"snapshot"}).answer);
  EXPECT_FALSE(without["tables"]["public.counted"].contains("rows"));
  EXPECT_FALSE(without["tables"]["public.counted"].contains("bytes"));
}

/// What is asked about together is run together: the one finds what the other leaves.
TEST(SnapshotCommand, IsBeforeAllThatIsAskedAbout) {
  TempDatabase database;
  database.run(scene);
  database.run("ALTER TABLE counted ADD CONSTRAINT proof CHECK (v IS NOT NULL)");
  Project const project(database.conninfo());
  project.migration("1_proof", "ALTER TABLE counted DROP CONSTRAINT proof;");
  project.migration("2_required", "ALTER TABLE counted ALTER COLUMN v SET NOT NULL;");
  std::string const file = (project.directory() / "schema.json").string();
  ASSERT_EQ(project.run({"snapshot", "--output", file}).code, 0);
  Ran const both = project.run({"check", "--catalog", file});
  EXPECT_EQ(both.code, 5) << both.answer;
  EXPECT_NE(both.answer.find("schema.json and 1 migration before the last"), std::string::npos)
      << both.answer;
  EXPECT_EQ(project.run({"check", "--catalog", file, "2_required"}).code, 0);
}

TEST(SnapshotCommand, LetsCheckSayHowLongATableTakes) {
  TempDatabase database;
  database.run(scene);
  Project const project(database.conninfo());
  project.migration("1_key", "ALTER TABLE counted ALTER COLUMN id TYPE bigint;");
  std::string const migration = (project.directory() / "migrations" / "1_key.sql").string();
  for (bool const sizes : {true, false}) {
    std::string const file =
        (project.directory() / (sizes ? "with.json" : "without.json")).string();
    std::vector<std::string> command{"snapshot", "--output", file};
    if (sizes) {
      command.emplace_back("--sizes");
    }
    ASSERT_EQ(project.run(command).code, 0);
    Ran const ran = project.run({"check", "--catalog", file, migration});
    EXPECT_EQ(ran.code, 5) << ran.said;
    bool const told = ran.answer.find("public.counted takes under 1 s: ") != std::string::npos;
    EXPECT_EQ(told, sizes) << ran.answer;
  }
}

}  // namespace
}  // namespace bellows::test::snapshot_command_db_test
