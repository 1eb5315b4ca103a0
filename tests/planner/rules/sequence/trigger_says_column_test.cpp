#include "planner/catalog/replay.hpp"
#include "planner/rules/review.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace bellows::rules::trigger_says_column_test {
namespace {

constexpr char const* article =
    "CREATE TABLE article (id int PRIMARY KEY, title text, tsv tsvector, len int);\n"
    "CREATE VIEW article_view AS SELECT id, title FROM article;\n";
constexpr char const* rename = "ALTER TABLE article RENAME COLUMN title TO headline;\n";

std::string function(std::string const& body, std::string const& replace = "") {
  return "CREATE " + replace + "FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + body +
         " RETURN NEW; END $$;\n";
}

std::string trigger(std::string const& on = "article", std::string const& when = "BEFORE UPDATE") {
  return "CREATE TRIGGER t " + when + " ON " + on + " FOR EACH ROW EXECUTE FUNCTION f();\n";
}

/// "error: message" of the rule's finding; "" where it has none.
std::string found(std::string const& schema, std::string const& migration = rename,
                  bool complete = false) {
  catalog::Catalog catalog;
  catalog::replay_text(catalog, article + schema);
  catalog.complete = complete;
  for (Reviewed const& reviewed : review(sql::read_migration("m", "m.sql", migration), catalog)) {
    auto const one = std::ranges::find(reviewed.findings, "trigger-says-column", &Finding::rule);
    if (one != reviewed.findings.end()) {
      return std::string(to_string(one->severity)) + ": " + one->message + " " + one->remedy;
    }
  }
  return "";
}

TEST(TriggerSaysColumn, InItsTextOrItsArguments) {
  std::string const row = found(function("NEW.len := length(NEW.title);") + trigger());
  EXPECT_TRUE(row.starts_with("error: public.f() of trigger t on public.article says NEW.title"))
      << row;
  EXPECT_NE(row.find("CREATE OR REPLACE FUNCTION public.f() with headline"), std::string::npos);
  EXPECT_TRUE(found(function("SELECT title INTO NEW.len FROM article;") + trigger())
                  .starts_with("warning: public.f() of trigger t"));
  std::string const argument = found(
      "CREATE TRIGGER t BEFORE UPDATE ON article FOR EACH ROW EXECUTE FUNCTION "
      "tsvector_update_trigger(tsv, 'pg_catalog.simple', title);");
  EXPECT_TRUE(argument.starts_with("error: trigger t on public.article gives")) << argument;
  EXPECT_NE(argument.find("CREATE OR REPLACE TRIGGER t with headline"), std::string::npos);
}

TEST(TriggerSaysColumn, OfPartitionsAndViews) {
  EXPECT_NE(found(function("UPDATE article SET title = NEW.title;") +
                  trigger("article_view", "INSTEAD OF UPDATE")),
            "");
  EXPECT_EQ(found(function("UPDATE article SET len = length(NEW.title);") +
                  trigger("article_view", "INSTEAD OF UPDATE")),
            "")
      << "the view's own column keeps its name";
  std::string const child = "CREATE TABLE child () INHERITS (article);\n";
  EXPECT_NE(found(child + function("NEW.len := length(NEW.title);") + trigger("child")), "");
}

TEST(TriggerSaysColumn, WhatFollowsTheColumnOrIsReplacedIsNoMatter) {
  EXPECT_EQ(found(function("NEW.len := 1;") + trigger("article", "BEFORE UPDATE OF title")), "");
  std::string const schema = function("NEW.len := length(NEW.title);") + trigger();
  std::string const again = function("NEW.len := length(NEW.headline);", "OR REPLACE ");
  EXPECT_EQ(found(schema, rename + again), "");
  EXPECT_EQ(found(schema, again + rename), "");
  EXPECT_NE(found(schema, rename + function("NEW.len := NEW.title;", "OR REPLACE ")), "");
}

TEST(TriggerSaysColumn, WhatCannotBeReadIsTold) {
  std::string const compiled =
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE c AS 'lib', 'f';\n" + trigger();
  EXPECT_TRUE(found(compiled).starts_with("warning: it depends on what public.f() of trigger t"))
      << found(compiled);
  EXPECT_TRUE(found(trigger()).starts_with("warning: it depends on")) << "not in the history";
  EXPECT_EQ(found(trigger(), rename, true), "") << "an extension's: a catalog leaves those out";
}

}  // namespace
}  // namespace bellows::rules::trigger_says_column_test
