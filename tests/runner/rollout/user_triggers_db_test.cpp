#include "tests/runner/rollout/rename_bench.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

/// A table's own triggers through a rename. The judge is a twin of each table that is never in
/// transition: the same triggers, the same writes by the name that it has, the plain statements of
/// the migration at the end. What it holds, refuses and fires is what the renamed one must.
namespace bellows::test::user_triggers_db_test {
namespace {

struct Shape {
  std::string name;
  std::string made;       // the table's triggers, as title is its column
  std::string replaced;   // of the migration: what says headline from then on
  std::string more = "";  // writes of its own; {} is the column's name
};

std::string function(std::string const& name, std::string const& body, std::string const& replace) {
  return fmt::format(
      "CREATE {}FUNCTION {}() RETURNS trigger LANGUAGE plpgsql SET search_path = {{schema}} AS $$ "
      "{} "
      "$$;\n",
      replace, name, body);
}

std::string in_schema(std::string text, std::string const& schema) {
  std::string const mark = "{schema}";
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark)) {
    text.replace(at, mark.size(), schema);
  }
  return text;
}

std::string with_word(std::string text, std::string const& word) {
  for (std::size_t at = text.find('%'); at != std::string::npos; at = text.find('%', at)) {
    text.replace(at, 1, word);
  }
  return text;
}

/// `body` and `trigger` with % for the column: the functions are replaced, the triggers stay.
Shape shape(std::string const& name, std::string const& body, std::string const& trigger,
            std::string const& more = "") {
  return {name, function("f", with_word(body, "title"), "") + with_word(trigger, "title"),
          function("{schema}.f", with_word(body, "headline"), "OR REPLACE "), more};
}

constexpr char const* on_both =
    "CREATE TRIGGER t BEFORE INSERT OR UPDATE ON article FOR EACH ROW "
    "EXECUTE FUNCTION f();";

std::vector<Shape> const& shapes() {
  static std::vector<Shape> const all{
      {"none", "", ""},
      shape("derives", "BEGIN NEW.len := length(NEW.%); RETURN NEW; END", on_both),
      {"search",
       "CREATE TRIGGER t BEFORE INSERT OR UPDATE ON article FOR EACH ROW EXECUTE FUNCTION "
       "tsvector_update_trigger(tsv, 'pg_catalog.simple', title, body);",
       "DROP TRIGGER t ON {schema}.article;\n"
       "CREATE TRIGGER t BEFORE INSERT OR UPDATE ON {schema}.article FOR EACH ROW EXECUTE FUNCTION "
       "tsvector_update_trigger(tsv, 'pg_catalog.simple', headline, body);\n"},
      {"changed_search",
       "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema} AS $$ "
       "BEGIN NEW.title := "
       "replace(NEW.title, 'x', 'yy'); RETURN NEW; END $$;"
       "CREATE TRIGGER a BEFORE INSERT OR UPDATE ON article FOR EACH ROW EXECUTE FUNCTION f();"
       "CREATE TRIGGER t BEFORE INSERT OR UPDATE ON article FOR EACH ROW WHEN (NEW.id <> 77) "
       "EXECUTE "
       "FUNCTION tsvector_update_trigger(tsv, 'pg_catalog.simple', title);",
       "CREATE OR REPLACE FUNCTION {schema}.f() RETURNS trigger LANGUAGE plpgsql SET search_path = "
       "{schema} AS $$ BEGIN "
       "NEW.headline := replace(NEW.headline, 'x', 'yy'); RETURN NEW; END $$;\n"
       "DROP TRIGGER t ON {schema}.article;\n"
       "CREATE TRIGGER t BEFORE INSERT OR UPDATE ON {schema}.article FOR EACH ROW WHEN (NEW.id <> "
       "77) "
       "EXECUTE FUNCTION tsvector_update_trigger(tsv, 'pg_catalog.simple', headline);\n"},
      shape(
          "demands",
          "BEGIN IF NEW.% IS NULL THEN RAISE EXCEPTION 'no title' USING ERRCODE = 'TT001'; END IF; "
          "RETURN NEW; END",
          on_both),
      shape("fills", "BEGIN IF NEW.% IS NULL THEN NEW.% := 'untitled'; END IF; RETURN NEW; END",
            on_both),
      shape("trims", "BEGIN NEW.% := lower(trim(NEW.%)); RETURN NEW; END", on_both),
      shape("trims_last", "BEGIN NEW.% := lower(trim(NEW.%)); RETURN NEW; END",
            "CREATE TRIGGER zzz BEFORE INSERT OR UPDATE ON article FOR EACH ROW EXECUTE FUNCTION "
            "f();"),
      shape("nulls", "BEGIN NEW.% := nullif(NEW.%, ' x '); RETURN NEW; END", on_both),
      shape("keeps",
            "BEGIN IF left(OLD.%, 6) = 'legacy' THEN NEW.% := OLD.%; END IF; RETURN NEW; END",
            "CREATE TRIGGER t BEFORE UPDATE ON article FOR EACH ROW EXECUTE FUNCTION f();"),
      shape("returns_old", "BEGIN IF NEW.% = 'never' THEN RETURN OLD; END IF; RETURN NEW; END",
            "CREATE TRIGGER t BEFORE UPDATE ON article FOR EACH ROW EXECUTE FUNCTION f();"),
      shape("skips", "BEGIN IF NEW.% = 'never' THEN RETURN NULL; END IF; RETURN NEW; END", on_both),
      shape(
          "listed",
          "BEGIN NEW.len := coalesce(OLD.len, 0) + 1; IF NEW.% IS NULL THEN NEW.len := -1; "
          "END IF; RETURN NEW; END",
          "CREATE TRIGGER t BEFORE UPDATE OF body, % ON article FOR EACH ROW EXECUTE FUNCTION f();"
          "COMMENT ON TRIGGER t ON article IS 'it''s counted';"),
      shape("listed_and_when", "BEGIN NEW.len := length(NEW.%); RETURN NEW; END",
            "CREATE TRIGGER \"UPDATE OF title ON\" BEFORE INSERT OR UPDATE OF % ON article FOR "
            "EACH ROW "
            "WHEN (NEW.% <> 'UPDATE OF title ON ') EXECUTE FUNCTION f();"),
      shape("when_changed", "BEGIN NEW.len := coalesce(NEW.len, 0) + 1; RETURN NEW; END",
            "CREATE TRIGGER t BEFORE UPDATE ON article FOR EACH ROW WHEN (OLD.% IS DISTINCT FROM "
            "NEW.%) "
            "EXECUTE FUNCTION f();"),
      shape("history",
            "BEGIN INSERT INTO log (id, title) VALUES (OLD.id, OLD.% || '>' || NEW.%); RETURN "
            "NULL; END",
            "CREATE TRIGGER t AFTER UPDATE OF % ON article FOR EACH ROW EXECUTE FUNCTION f();"),
      shape("history_when",
            "BEGIN INSERT INTO log (id, title) VALUES (OLD.id, OLD.%); RETURN NULL; END",
            "CREATE TRIGGER t AFTER UPDATE ON article FOR EACH ROW WHEN (OLD.% IS DISTINCT FROM "
            "NEW.%) "
            "EXECUTE FUNCTION f();"),
      shape(
          "deferred", "BEGIN INSERT INTO log (id, title) VALUES (NEW.id, NEW.%); RETURN NULL; END",
          "CREATE CONSTRAINT TRIGGER t AFTER INSERT OR UPDATE OF % ON article DEFERRABLE INITIALLY "
          "DEFERRED FOR EACH ROW EXECUTE FUNCTION f();"),
      shape("transition_tables",
            "BEGIN INSERT INTO log (id, title) SELECT n.id, o.% || '>' || n.% FROM o JOIN n USING "
            "(id) "
            "WHERE o.% IS DISTINCT FROM n.%; RETURN NULL; END",
            "CREATE TRIGGER t AFTER UPDATE ON article REFERENCING OLD TABLE AS o NEW TABLE AS n "
            "FOR EACH "
            "STATEMENT EXECUTE FUNCTION f();"),
      shape(
          "statement",
          "BEGIN INSERT INTO log (id, title) SELECT 0, max(%) FROM article; RETURN NULL; "
          "END",
          "CREATE TRIGGER t AFTER UPDATE OF % ON article FOR EACH STATEMENT EXECUTE FUNCTION f();"),
      shape("disabled", "BEGIN NEW.% := 'disabled'; RETURN NEW; END",
            "CREATE TRIGGER t BEFORE UPDATE OF % ON article FOR EACH ROW EXECUTE FUNCTION f();"
            "ALTER TABLE article DISABLE TRIGGER t;"),
      shape("on_replica", "BEGIN NEW.% := 'replica'; RETURN NEW; END",
            "CREATE TRIGGER t BEFORE UPDATE OF % ON article FOR EACH ROW EXECUTE FUNCTION f();"
            "ALTER TABLE article ENABLE REPLICA TRIGGER t;",
            "SET session_replication_role = replica;"
            "UPDATE article SET {} = 'by a subscription' WHERE id % 10 = 7;"
            "RESET session_replication_role;"),
      shape("always", "BEGIN NEW.% := upper(NEW.%); RETURN NEW; END",
            "CREATE TRIGGER t BEFORE UPDATE OF % ON article FOR EACH ROW EXECUTE FUNCTION f();"
            "ALTER TABLE article ENABLE ALWAYS TRIGGER t;",
            "SET session_replication_role = replica;"
            "UPDATE article SET {} = 'by a subscription' WHERE id % 10 = 7;"
            "RESET session_replication_role;"),
      shape("other_rows",
            "BEGIN IF pg_trigger_depth() = 1 THEN UPDATE article SET % = NEW.% || '+' WHERE id = "
            "NEW.id + 1; "
            "END IF; RETURN NULL; END",
            "CREATE TRIGGER t AFTER UPDATE OF % ON article FOR EACH ROW EXECUTE FUNCTION f();"),
      {"view",
       "CREATE VIEW article_view AS SELECT id, title AS name, body FROM article;"
       "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema} AS $$ "
       "BEGIN IF TG_OP = 'INSERT' THEN "
       "INSERT INTO article (id, title) VALUES (NEW.id, NEW.name); ELSE UPDATE article SET title = "
       "NEW.name WHERE id = NEW.id; END IF; RETURN NEW; END $$;"
       "CREATE TRIGGER t INSTEAD OF INSERT OR UPDATE ON article_view FOR EACH ROW EXECUTE FUNCTION "
       "f();",
       "CREATE OR REPLACE FUNCTION {schema}.f() RETURNS trigger LANGUAGE plpgsql SET search_path = "
       "{schema} AS $$ BEGIN IF "
       "TG_OP = "
       "'INSERT' THEN INSERT INTO article (id, headline) VALUES (NEW.id, NEW.name); ELSE UPDATE "
       "article "
       "SET headline = NEW.name WHERE id = NEW.id; END IF; RETURN NEW; END $$;\n",
       "INSERT INTO article_view (id, name) VALUES ((SELECT max(id) + 1 FROM article), 'through "
       "it');"
       "UPDATE article_view SET name = 'changed through it' WHERE id % 10 = 6;"},
      shape("by_key", "BEGIN NEW.len := length(to_jsonb(NEW) ->> '%'); RETURN NEW; END", on_both),
  };
  return all;
}

/// Writes by one name, to the rows b + 1 … b + 9 and to old ones; each may fail.
std::vector<std::string> writes(std::string const& column, int base, std::string const& more) {
  auto const fill = [&](std::string text) {
    for (auto const& [mark, value] :
         {std::pair<std::string, std::string>{"{}", column}, {"{b}", std::to_string(base)}}) {
      for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
        text.replace(at, mark.size(), value);
      }
    }
    return text;
  };
  std::vector<std::string> all;
  for (char const* each : {
           "INSERT INTO article (id, {}, body) VALUES ({b} + 1, ' Mixed Case ', 'b')",
           "INSERT INTO article (id, {}) VALUES ({b} + 2, 'x'), ({b} + 3, ' x ')",
           "INSERT INTO article (id, body) VALUES ({b} + 4, 'no title')",
           "INSERT INTO article (id, {}) VALUES ({b} + 5, NULL)",
           "INSERT INTO article (id, {}) SELECT {b} + g, 'g' || g FROM generate_series(6, 7) g",
           "COPY article (id, {}) FROM PROGRAM 'printf \"{b}8\\tCopied\\n\"'",
           "UPDATE article SET {} = 'Set ' || id WHERE id IN ({b} + 1, {b} + 2)",
           "UPDATE article SET {} = {} WHERE id = {b} + 3",
           "UPDATE article SET body = 'other', len = len WHERE id IN ({b} + 3, {b} + 6)",
           "UPDATE article SET {} = ' Both ', body = 'both' WHERE id = {b} + 6",
           "UPDATE article SET {} = NULL WHERE id = {b} + 7",
           "UPDATE article SET {} = 'never' WHERE id = {b} + 2",
           "UPDATE article SET {} = 'Legacy ' || id WHERE id % 20 = {b} / 1000",
           "UPDATE article SET body = 'touched' WHERE id % 20 = 10 + {b} / 1000",
           "INSERT INTO article (id, {}) VALUES ({b} + 1, ' Upserted '), ({b} + 9, 'new') ON "
           "CONFLICT (id) "
           "DO UPDATE SET {} = EXCLUDED.{}, body = 'upserted'",
           "INSERT INTO article (id, {}) VALUES ({b} + 1, 'ignored') ON CONFLICT DO NOTHING",
           "DELETE FROM article WHERE id = {b} + 6",
       }) {
    all.push_back(fill(each));
  }
  std::string rest = fill(more);
  for (std::size_t end = rest.find(';'); end != std::string::npos; end = rest.find(';')) {
    all.push_back(rest.substr(0, end));
    rest.erase(0, end + 1);
  }
  return all;
}

constexpr char const* table =
    "CREATE TABLE article (id int PRIMARY KEY, title text, body text, tsv tsvector, len int);"
    "CREATE TABLE log (n serial, id int, title text);";
constexpr char const* rows =
    "INSERT INTO article (id, title, body) SELECT g, 'legacy ' || g, 'b' FROM generate_series(1, "
    "60) g;";

class UserTriggers : public testing::Test {
 protected:
  UserTriggers() : project(db.conninfo()) {
    for (Shape const& each : shapes()) {
      for (std::string const& schema : {each.name, each.name + "_model"}) {
        db.run(fmt::format("CREATE SCHEMA {0}; SET search_path = {0}; {1}", schema,
                           table + in_schema(each.made, schema) + rows));
      }
      project.migration("20260301090000_" + each.name, migration(each, each.name));
    }
  }

  static std::string migration(Shape const& shape, std::string const& schema) {
    return in_schema(
        shape.replaced + "ALTER TABLE {schema}.article RENAME COLUMN title TO headline;\n", schema);
  }

  void must(std::vector<std::string> const& command) const {
    Ran const ran = project.run(command);
    ASSERT_EQ(ran.code, 0) << command.front() << "\n" << ran.answer << ran.said;
  }

  /// By the old and by the new application; the model knows one name.
  void write(std::string const& stage, int base, std::vector<std::string> const& columns,
             std::string const& model_column) {
    for (Shape const& each : shapes()) {
      auto real = db.session("real");
      auto model = db.session("model");
      real.run("SET search_path = " + each.name);
      model.run("SET search_path = " + each.name + "_model");
      for (std::size_t i = 0; i < columns.size(); ++i) {
        int const first = base + static_cast<int>(i) * 1000;
        auto const ours = writes(columns[i], first, each.more);
        auto const theirs = writes(model_column, first, each.more);
        for (std::size_t k = 0; k < ours.size(); ++k) {
          EXPECT_EQ(sqlstate_of(real, ours[k]), sqlstate_of(model, theirs[k]))
              << each.name << ", " << stage << ": " << ours[k];
        }
      }
      compare(each, stage);
    }
  }

  /// Every row of every table, the pair being one column.
  void compare(Shape const& each, std::string const& stage) const {
    std::string const all =
        "SELECT coalesce(string_agg(r, E'\\n' ORDER BY r), '') FROM (SELECT 'article ' || "
        "(to_jsonb(a) "
        "- 'headline' - 'title' || jsonb_build_object('title', {0}, 'in step', {1}))::text AS r "
        "FROM "
        "{2}.article a UNION ALL SELECT 'log ' || (to_jsonb(l) - 'n')::text FROM {2}.log l) AS "
        "both_of_them";
    bool const old_is_there = has(each.name, "title");
    bool const new_is_there = has(each.name, "headline");
    std::string const in_step = stage == "backfilled"
                                    ? "headline IS NOT DISTINCT FROM title"
                                    : "coalesce(headline, title) IS NOT DISTINCT FROM title";
    EXPECT_EQ(db.value(fmt::format(fmt::runtime(all), old_is_there ? "title" : "headline",
                                   old_is_there && new_is_there ? in_step : "true", each.name)),
              db.value(fmt::format(fmt::runtime(all),
                                   has(each.name + "_model", "title") ? "title" : "headline",
                                   "true", each.name + "_model")))
        << each.name << ", " << stage;
  }

  bool has(std::string const& schema, std::string const& column) const {
    return db.value(fmt::format(
               "SELECT count(*) FROM information_schema.columns WHERE table_schema = '{}' "
               "AND table_name = 'article' AND column_name = '{}'",
               schema, column)) == "1";
  }

  std::string triggers(std::string const& schema) const {
    return db.value(fmt::format(
        "SELECT string_agg(replace(pg_get_triggerdef(t.oid), '{0}.', '') || t.tgenabled::text || "
        "coalesce(obj_description(t.oid), ''), E'\\n' ORDER BY tgname) FROM pg_trigger t WHERE NOT "
        "tgisinternal AND tgrelid::regclass::text LIKE '{0}.%'",
        schema));
  }

  TempDatabase db;
  Project project;
};

TEST_F(UserTriggers, HoldRefuseAndFireAsOnATableThatIsNeverInTransition) {
  must({"plan", "--database-url", db.conninfo()});
  write("before", 1000, {"title"}, "title");
  for (Shape const& each : shapes()) {
    must({"expand", "20260301090000_" + each.name});
  }
  write("expanded", 2000, {"title", "headline"}, "title");
  must({"up"});
  write("backfilled", 4000, {"headline", "title"}, "title");
  must({"contract", "--quiet-period", "0"});
  for (Shape const& each : shapes()) {
    db.run(migration(each, each.name + "_model"));
    EXPECT_EQ(triggers(each.name), triggers(each.name + "_model")) << each.name;
  }
  write("contracted", 6000, {"headline"}, "headline");
  EXPECT_EQ(leftovers(db), "");
}

}  // namespace
}  // namespace bellows::test::user_triggers_db_test
