#include "planner/catalog/replay.hpp"
#include "planner/catalog/snapshot.hpp"
#include "planner/plan/make_plan.hpp"
#include "planner/rules/fired_triggers.hpp"
#include "planner/rules/review.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

/// What a table's own triggers and publications make of a migration.
namespace bellows::rules::own_triggers_test {
namespace {

constexpr char const* scene = R"(
CREATE TABLE item (id int PRIMARY KEY, title text NOT NULL, note text, updated_at timestamptz);
CREATE TABLE history (id int, title text, note text, updated_at timestamptz);
)";

catalog::Catalog after(std::string const& sql) {
  catalog::Catalog catalog;
  catalog.complete = true;
  catalog::replay_text(catalog, std::string(scene) + sql);
  return catalog;
}

std::string trigger(std::string const& body, std::string const& when = "AFTER UPDATE") {
  return "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN " + body +
         "; RETURN NEW; END $f$; CREATE TRIGGER own " + when +
         " ON item FOR EACH ROW EXECUTE FUNCTION f();";
}

std::optional<Finding> found(catalog::Catalog catalog, std::string_view rule,
                             std::string_view migration) {
  for (Reviewed const& one : review(sql::read_migration("m", "m.sql", migration), catalog)) {
    auto const finding = std::ranges::find(one.findings, rule, &Finding::rule);
    if (finding != one.findings.end()) {
      return *finding;
    }
  }
  return std::nullopt;
}

/// From replayed statements, and from a snapshot of what they make.
void expect_found(std::string const& sql, std::string_view rule, std::string_view migration,
                  std::string_view words) {
  catalog::Catalog const catalog = after(sql);
  for (catalog::Catalog const& source : {catalog, catalog::from_json(catalog::to_json(catalog))}) {
    auto const finding = found(source, rule, migration);
    ASSERT_TRUE(finding) << sql << migration;
    EXPECT_NE((finding->message + finding->remedy).find(words), std::string::npos)
        << finding->message << "\n"
        << finding->remedy;
  }
}

void expect_none(std::string const& sql, std::string_view rule, std::string_view migration) {
  auto const finding = found(after(sql), rule, migration);
  EXPECT_FALSE(finding) << sql << migration << "\n" << finding->message;
}

constexpr char const* add = "ALTER TABLE item ADD COLUMN extra int";
constexpr char const* rename = "ALTER TABLE item RENAME COLUMN title TO headline";

TEST(WholeRowTrigger, IsToldOfEveryAddedColumn) {
  std::string const whole = trigger("INSERT INTO history SELECT OLD.*");
  expect_found(whole, "whole-row-trigger", add, "INSERT INTO history SELECT OLD.*");
  expect_found(whole, "whole-row-trigger", add, "give history the column extra first");
  expect_found(whole, "whole-row-trigger", rename, "Trigger own of public.item");
  expect_found(whole, "whole-row-trigger",
               "ALTER TABLE item ALTER note SET DEFAULT '', ADD COLUMN extra int", "every UPDATE");
  expect_none(whole, "whole-row-trigger", "ALTER TABLE item DROP COLUMN note");
  expect_none(whole, "whole-row-trigger", "ALTER TABLE history ADD COLUMN extra int");
  expect_none(whole + "ALTER TABLE item DISABLE TRIGGER own;", "whole-row-trigger", add);
  // Both remedies clear it.
  expect_none(trigger("INSERT INTO history (id, title) SELECT OLD.id, OLD.title"),
              "whole-row-trigger", add);
  expect_none(whole + "ALTER TABLE history ADD COLUMN extra int;", "whole-row-trigger", add);
}

TEST(WholeRowTrigger, IsFoundBehindACallAndOfTransitionTables) {
  expect_found(
      "CREATE FUNCTION keep(r item) RETURNS void LANGUAGE sql AS $$"
      "INSERT INTO history SELECT ($1).* $$;" +
          trigger("PERFORM keep(OLD)"),
      "whole-row-trigger", add, "public.keep()");
  expect_found(
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "INSERT INTO history SELECT * FROM gone; RETURN NULL; END $$;"
      "CREATE TRIGGER own AFTER DELETE ON item REFERENCING OLD TABLE AS gone "
      "FOR EACH STATEMENT EXECUTE FUNCTION f();",
      "whole-row-trigger", add, "every DELETE");
}

TEST(WholeRowTrigger, OfAnotherTablesTriggerAndOfAnyFunction) {
  expect_found(
      "CREATE TABLE orders (id int, item_id int);"
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "INSERT INTO history SELECT i.* FROM item i WHERE i.id = NEW.item_id; RETURN NEW; "
      "END $$;"
      "CREATE TRIGGER own AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f();",
      "whole-row-trigger", add, "Function public.f() takes rows of public.item whole");
  std::string const archive =
      "CREATE FUNCTION archive(n int) RETURNS void LANGUAGE sql AS "
      "'INSERT INTO history SELECT * FROM item WHERE id < n';";
  expect_found(archive, "whole-row-trigger", add, "every call of it fails");
  expect_none(archive, "whole-row-trigger", "ALTER TABLE history ADD COLUMN extra int");
  expect_none(
      "CREATE TABLE orders (id int);"
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "INSERT INTO orders SELECT OLD.*; RETURN NULL; END $$; -- of no table yet\n",
      "whole-row-trigger", add);
}

TEST(WholeRowTrigger, OfAPartitionAndIntoAChild) {
  std::string const parts =
      "CREATE TABLE m (id int, v int) PARTITION BY RANGE (id);"
      "CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (0) TO (9);"
      "CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "INSERT INTO history VALUES (NEW.*); RETURN NEW; END $$;"
      "CREATE TRIGGER own BEFORE INSERT ON m1 FOR EACH ROW EXECUTE FUNCTION g();";
  expect_found(parts, "whole-row-trigger", "ALTER TABLE m ADD COLUMN w int", "public.m1");
  // Partitions by inheritance get the column as well.
  expect_none("CREATE TABLE child () INHERITS (item);" +
                  trigger("INSERT INTO child VALUES (NEW.*)", "BEFORE INSERT"),
              "whole-row-trigger", add);
}

TEST(WholeRowTrigger, ForbidsThePlanThatCouldOnlyFail) {
  catalog::Catalog const catalog = after(trigger("INSERT INTO history SELECT OLD.*"));
  for (std::string const statement : {add, rename}) {
    auto const made = plan::make_plan(sql::read_migration("m", "m.sql", statement), catalog);
    auto const* no = std::get_if<plan::NoPlan>(&made);
    ASSERT_NE(no, nullptr) << statement;
    EXPECT_EQ(no->reasons.front().rule, "whole-row-trigger");
    std::string const allowed =
        "-- bellows: allow whole-row-trigger because history grows in the same night\n";
    EXPECT_TRUE(std::holds_alternative<plan::Plan>(
        plan::make_plan(sql::read_migration("m", "m.sql", allowed + statement), catalog)));
  }
}

// --- triggers of a backfill ---

constexpr char const* fires = "backfill-fires-triggers";

TEST(FiredTriggers, AreNamedWithWhatTheyDo) {
  std::string const touch = trigger("NEW.updated_at := now()", "BEFORE UPDATE");
  expect_found(touch, fires, rename, "trigger own (public.f() sets updated_at)");
  expect_found(touch, fires, "UPDATE item SET note = upper(note)", "every row of item has changed");
  expect_found(trigger("PERFORM pg_notify('item', NEW.id::text)"), fires, rename,
               "sends a notification");
  expect_found(trigger("INSERT INTO outbox (id) VALUES (NEW.id)"), fires, rename,
               "writes a row into outbox");
  expect_found(
      "CREATE TRIGGER own BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION"
      " moddatetime(updated_at);",
      fires, rename, "sets updated_at");
  expect_found("CREATE TRIGGER own BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION f();", fires,
               rename, "trigger own (public.f())");
  expect_found(trigger("NULL", "AFTER DELETE"), fires, "DELETE FROM item WHERE note IS NULL",
               "own");
  expect_found(trigger("NULL", "AFTER INSERT"), fires,
               "INSERT INTO item (id, title) SELECT id + 1000, title FROM history", "own");
}

TEST(FiredTriggers, AreNotNamedWhereTheyDoNotFire) {
  for (char const* when :
       {"BEFORE UPDATE OF title, note", "AFTER INSERT OR DELETE", "BEFORE INSERT"}) {
    expect_none(trigger("NULL", when), fires, rename);
  }
  std::string const conditional =
      "CREATE TRIGGER own BEFORE UPDATE ON item FOR EACH ROW WHEN (%) EXECUTE FUNCTION f();";
  auto const when = [&](std::string const& condition) {
    std::string text = conditional;
    return text.replace(text.find('%'), 1, condition);
  };
  for (char const* never :
       {"OLD.title IS DISTINCT FROM NEW.title",
        "(OLD.title IS DISTINCT FROM NEW.title) OR (NEW.note IS DISTINCT FROM OLD.note)"}) {
    expect_none(when(never), fires, rename);
  }
  for (char const* perhaps : {"OLD.* IS DISTINCT FROM NEW.*", "NEW.note IS NULL",
                              "OLD.title IS DISTINCT FROM NEW.title OR NEW.id > 5"}) {
    expect_found(when(perhaps), fires, rename, "own");
  }
  expect_none(trigger("NULL", "BEFORE UPDATE") + "ALTER TABLE item DISABLE TRIGGER ALL;", fires,
              rename);
  expect_none(trigger("NULL", "BEFORE UPDATE"), fires, "UPDATE item SET note = '' WHERE id = 1");
}

TEST(FiredTriggers, AreNotNamedWhereThereIsNoBackfill) {
  std::string const whole =
      "-- bellows: allow-unsplit rename-column because it is night\n" + std::string(rename);
  expect_none(trigger("NULL", "BEFORE UPDATE"), fires, whole.c_str());
}

TEST(FiredTriggers, OfAGeneratedColumnFireBesideTheSyncTrigger) {
  std::string const generated =
      "ALTER TABLE item ADD COLUMN g int GENERATED ALWAYS AS (id + 1) STORED;";
  expect_found(generated + trigger("NULL", "AFTER UPDATE OF g"), fires, rename, "own");
}

TEST(FiredTriggers, StandInThePlan) {
  auto const made = plan::make_plan(sql::read_migration("m", "m.sql", rename),
                                    after(trigger("NEW.updated_at := now()", "BEFORE UPDATE")));
  auto const& application = std::get<plan::Plan>(made).application;
  EXPECT_NE(std::ranges::find(
                application, std::pair<std::string, std::string>(
                                 "for_each_row", "fires trigger own (public.f() sets updated_at)")),
            application.end());
}

// --- the trial ---

std::vector<std::string> trials(std::string const& migration, std::string const& sql = "") {
  auto const made = plan::make_plan(sql::read_migration("m", "m.sql", migration), after(sql));
  std::vector<std::string> all;
  for (plan::Step const& step : std::get<plan::Plan>(made).expand) {
    for (sql::QualifiedName const& table : step.trial) {
      all.push_back(step.id + " " + table.display());
    }
  }
  return all;
}

TEST(Trial, IsOfEveryStepThatAddsAColumn) {
  using All = std::vector<std::string>;
  EXPECT_EQ(trials(add), All{"run public.item"});
  EXPECT_EQ(trials(rename), All{"add-column public.item"});
  EXPECT_EQ(trials("-- bellows: no trial\nALTER TABLE item ADD COLUMN extra int"), All{});
  EXPECT_EQ(trials("-- bellows: no trial\n" + std::string(rename)), All{});
  EXPECT_EQ(trials("ALTER TABLE item ALTER note SET DEFAULT ''"), All{});
  EXPECT_EQ(trials("CREATE TABLE n (a int); ALTER TABLE n ADD COLUMN b int;"), All{});
  EXPECT_EQ(trials("ALTER TABLE item ADD COLUMN x int; ALTER TABLE history ADD COLUMN x int;"),
            (All{"run public.item", "run-2 public.history"}));
}

// --- subscribers ---

constexpr char const* sent = "published-column";

TEST(PublishedColumn, IsToldHoweverTheTableIsPublished) {
  for (char const* publication :
       {"CREATE PUBLICATION p FOR TABLE item;", "CREATE PUBLICATION p FOR ALL TABLES;",
        "CREATE PUBLICATION p FOR TABLES IN SCHEMA public;",
        "CREATE PUBLICATION p FOR TABLE history, item WHERE (id > 5);"}) {
    expect_found(publication, sent, add, "-- bellows: subscriber ready");
    expect_found(publication, sent, add, "ALTER TABLE item ADD COLUMN extra int;");
    expect_found(publication, sent, rename,
                 "ALTER TABLE public.item ADD COLUMN headline text, ALTER COLUMN title DROP NOT "
                 "NULL;");
  }
  std::string const parts =
      "CREATE TABLE m (id int, v int) PARTITION BY RANGE (id);"
      "CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (0) TO (9);";
  for (char const* publication :
       {"CREATE PUBLICATION p FOR TABLE m WITH (publish_via_partition_root = true);",
        "CREATE PUBLICATION p FOR TABLE m1;"}) {
    expect_found(parts + publication, sent, "ALTER TABLE m ADD COLUMN w int", "published by p");
    expect_found(parts + publication, sent, "ALTER TABLE m RENAME COLUMN v TO w", "published by p");
  }
}

TEST(PublishedColumn, OfAListIsHeldBackUntilTheSwap) {
  std::string const listed = "CREATE PUBLICATION p FOR TABLE item (id, title);";
  expect_found(listed, sent, rename, "hides the new column only until contract");
  expect_found(listed, sent, rename,
               "UPDATE public.item SET headline = title WHERE headline IS NULL");
  auto const finding = found(after(listed), sent, add);
  ASSERT_TRUE(finding);
  EXPECT_EQ(finding->severity, Severity::Note);
}

TEST(PublishedColumn, IsNoneOnceTheAuthorHasSaid) {
  std::string const published = "CREATE PUBLICATION p FOR TABLE item;";
  for (std::string const word : {"ready", "none"}) {
    std::string const said = "-- bellows: subscriber " + word + "\n";
    expect_none(published, sent, said + add);
    expect_none(published, sent, said + rename);
  }
  expect_none("", sent, add);
  expect_none(published, sent, "ALTER TABLE item ALTER note SET NOT NULL");
  expect_none(published, sent, "ALTER TABLE history ADD COLUMN extra int");
  expect_none(published, sent,
              "ALTER TABLE item ADD COLUMN g int GENERATED ALWAYS AS (id + 1) STORED");
}

TEST(PublishedColumn, IsAskedWhenThePlanBegins) {
  catalog::Catalog const catalog = after("");
  auto const asked = [&](std::string const& migration) {
    auto const made = plan::make_plan(sql::read_migration("m", "m.sql", migration), catalog);
    std::size_t count = 0;
    for (plan::Step const& step : std::get<plan::Plan>(made).expand) {
      count += static_cast<std::size_t>(
          std::ranges::count(step.requirements, true, &plan::Requirement::at_start));
    }
    return count;
  };
  EXPECT_EQ(asked(add), 1U);
  EXPECT_EQ(asked(rename), 1U);
  EXPECT_EQ(asked("-- bellows: allow-unsplit rename-column because nobody reads it\n" +
                  std::string(rename)),
            1U);
  EXPECT_EQ(asked("-- bellows: subscriber none\n" + std::string(add)), 0U);
  EXPECT_EQ(asked("-- bellows: subscriber ready\n" + std::string(rename)), 0U);
}

// --- replica identities ---

TEST(PublishedWithoutKey, IsToldOfEveryWriteThatFails) {
  constexpr char const* rule = "published-without-key";
  std::string const keyless =
      "CREATE TABLE log (id int NOT NULL, line text); CREATE UNIQUE INDEX log_id ON log (id);";
  std::string const all = keyless + "CREATE PUBLICATION p FOR TABLE log;";
  for (char const* write :
       {"UPDATE log SET line = ''", "UPDATE log SET line = '' WHERE id = 5", "DELETE FROM log",
        "WITH a AS (DELETE FROM log RETURNING 1) SELECT count(*) FROM a",
        "INSERT INTO log VALUES (1, '') ON CONFLICT (id) DO UPDATE SET line = ''",
        "MERGE INTO log USING log o ON o.id = log.id WHEN MATCHED THEN UPDATE SET line = ''",
        "MERGE INTO log USING log o ON o.id = log.id WHEN MATCHED THEN DELETE",
        "ALTER TABLE log RENAME COLUMN line TO text"}) {
    expect_found(all, rule, write, "55000");
    expect_found(all, rule, write, "REPLICA IDENTITY USING INDEX log_id");
    expect_none(keyless, rule, write);
    expect_none(all + "ALTER TABLE log REPLICA IDENTITY USING INDEX log_id;", rule, write);
    expect_none(all + "ALTER TABLE log REPLICA IDENTITY FULL;", rule, write);
  }
  expect_none(all, rule, "INSERT INTO log VALUES (1, '')");
  expect_none(all, rule, "INSERT INTO log VALUES (1, '') ON CONFLICT DO NOTHING");
  expect_none(all, rule,
              "MERGE INTO log USING log o ON o.id = log.id WHEN NOT MATCHED THEN INSERT VALUES "
              "(1, '')");
  std::string const inserts = keyless + "CREATE PUBLICATION p FOR TABLE log WITH (publish = '";
  expect_none(inserts + "insert');", rule, "UPDATE log SET line = ''");
  expect_none(inserts + "insert, update');", rule, "DELETE FROM log");
  expect_found(inserts + "insert, update');", rule, "UPDATE log SET line = ''", "this UPDATE");
  auto const made = plan::make_plan(
      sql::read_migration("m", "m.sql", "ALTER TABLE log RENAME COLUMN line TO text"), after(all));
  ASSERT_TRUE(std::holds_alternative<plan::NoPlan>(made));
  EXPECT_EQ(std::get<plan::NoPlan>(made).reasons.front().rule, rule);
}

}  // namespace
}  // namespace bellows::rules::own_triggers_test
