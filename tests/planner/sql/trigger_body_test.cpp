#include "planner/sql/trigger_body.hpp"

#include <gtest/gtest.h>

#include <string>

namespace bellows::sql::trigger_body_test {
namespace {

TriggerBody read(std::string const& body) {
  return read_trigger_body(
      body, {Identifier("old"), Identifier("new"), Identifier("item"), Identifier("old_rows")});
}

TEST(TriggerBody, RowsTakenWhole) {
  for (char const* statement : {
           "INSERT INTO h SELECT OLD.*",
           "INSERT INTO h VALUES (NEW.*)",
           "insert into aside.h values (old.*, now())",
           "INSERT INTO h (a, b) SELECT (OLD).*, 'x'",
           "INSERT INTO h SELECT nextval('s'), OLD.*",
           "INSERT INTO h SELECT * FROM old_rows",
           "INSERT INTO h SELECT o.*, now() FROM old_rows AS o",
           "INSERT INTO h SELECT * FROM public.item WHERE id = NEW.id",
           "WITH gone AS (DELETE FROM x RETURNING 1) INSERT INTO h SELECT NEW.*",
           "UPDATE h SET (a, b) = (SELECT NEW.*) WHERE id = NEW.id",
           "r := OLD; INSERT INTO h SELECT r.*",
           "SELECT * INTO r FROM public.item WHERE id = NEW.id; INSERT INTO h VALUES (r.*)",
           "FOR r IN SELECT * FROM old_rows LOOP INSERT INTO h VALUES (r.*)",
           "INSERT INTO h SELECT i.* FROM public.item i JOIN x USING (id)",
           "IF TG_OP = 'DELETE' THEN INSERT INTO h SELECT OLD.*",
           "EXECUTE format('INSERT INTO %I SELECT ($1).*', t) USING OLD",
           "EXECUTE 'INSERT INTO ' || t || ' SELECT $1.*' USING NEW",
           "EXECUTE 'INSERT INTO h SELECT (' || quote_literal(OLD) || '::item).*'",
       }) {
    TriggerBody const body =
        read("DECLARE x int; BEGIN -- OLD.*\n " + std::string(statement) + "; RETURN NEW; END");
    EXPECT_EQ(body.whole_rows.size(), 1U) << statement;
  }
}

TEST(TriggerBody, RowsThatMayGrow) {
  for (char const* statement : {
           "INSERT INTO h (row) VALUES (to_jsonb(OLD))",
           "INSERT INTO h VALUES (to_jsonb(OLD.*), row_to_json(NEW.*))",
           "INSERT INTO h SELECT OLD.id, OLD.title",
           "IF OLD.* IS DISTINCT FROM NEW.* THEN INSERT INTO h VALUES (OLD.id)",
           "IF NEW.* <> OLD.* THEN RAISE NOTICE 'changed'",
           "INSERT INTO h SELECT count(*) FROM old_rows",
           "INSERT INTO h SELECT * FROM other",
           "SELECT * INTO r FROM item WHERE id = NEW.id",
           "PERFORM f(NEW.*)",
           "RAISE NOTICE 'INSERT INTO h SELECT OLD.*'",
           "INSERT INTO h VALUES (OLD.id, OLD.n * 2)",
           "UPDATE h SET n = n + 1 WHERE id = NEW.id",
           "/* INSERT INTO h SELECT OLD.* */ NULL",
           "INSERT INTO h SELECT \"OLD\".* FROM x AS \"OLD\"",
       }) {
    TriggerBody const body = read("BEGIN " + std::string(statement) + "; RETURN NEW; END");
    EXPECT_TRUE(body.whole_rows.empty()) << statement;
  }
}

TEST(TriggerBody, WhereTheRowGoes) {
  WholeRow const plain = read("BEGIN INSERT INTO aside.h\n  SELECT OLD.*; END").whole_rows.at(0);
  EXPECT_EQ(plain.into.display(), "aside.h");
  EXPECT_TRUE(plain.alone);
  EXPECT_FALSE(plain.has_list);
  EXPECT_EQ(plain.text, "INSERT INTO aside.h SELECT OLD.*");
  EXPECT_FALSE(read("INSERT INTO h VALUES (now(), NEW.*);").whole_rows.at(0).alone);
  EXPECT_TRUE(read("INSERT INTO h VALUES (NEW.*);").whole_rows.at(0).alone);
  EXPECT_TRUE(read("INSERT INTO h (a) SELECT NEW.*;").whole_rows.at(0).has_list);
  EXPECT_TRUE(read("EXECUTE format('INSERT INTO %I SELECT ($1).*', t);")
                  .whole_rows.at(0)
                  .into.name.empty());
}

TEST(TriggerBody, WhatElseItDoes) {
  TriggerBody const body = read(R"(BEGIN
    IF NEW.version = OLD.version THEN NEW.version := OLD.version + 1; END IF;
    NEW."Seen At" = now();
    INSERT INTO app.outbox (id) VALUES (NEW.id);
    PERFORM pg_notify('item', NEW.id::text);
    PERFORM audit.keep(TG_OP, NEW);
    RETURN NEW; END)");
  EXPECT_EQ(body.assigned, (std::vector{Identifier("version"), Identifier("Seen At")}));
  ASSERT_EQ(body.inserts.size(), 1U);
  EXPECT_EQ(body.inserts[0].display(), "app.outbox");
  EXPECT_TRUE(body.notifies);
  ASSERT_EQ(body.given_the_row.size(), 1U);
  EXPECT_EQ(body.given_the_row[0].display(), "audit.keep");
}

TEST(TriggerBody, TransitionTables) {
  EXPECT_EQ(transition_tables("CREATE TRIGGER t AFTER UPDATE ON x REFERENCING OLD TABLE AS a NEW "
                              "TABLE b FOR EACH STATEMENT EXECUTE FUNCTION f()"),
            (std::vector{Identifier("a"), Identifier("b")}));
}

}  // namespace
}  // namespace bellows::sql::trigger_body_test
