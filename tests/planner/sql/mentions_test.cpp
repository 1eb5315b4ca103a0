#include "planner/sql/mentions.hpp"

#include <gtest/gtest.h>

namespace bellows::sql::mentions_test {
namespace {

Mentions of(std::string_view body, std::string_view language = "plpgsql",
            std::string const& column = "title") {
  return mentions(body, language, Identifier{column},
                  {Identifier{"public"}, Identifier{"article"}});
}

constexpr Mentions nothing{};
constexpr Mentions of_row{.of_row = true, .as_word = false};
constexpr Mentions word{.of_row = false, .as_word = true};

TEST(Mentions, OfTheRow) {
  for (char const* body : {
           "BEGIN NEW.len := length(NEW.title); RETURN NEW; END",
           "BEGIN IF old . Title IS DISTINCT FROM NEW.\"title\" THEN NULL; END IF; END",
           "BEGIN RAISE NOTICE 'x %', OLD.title; END",
           "BEGIN NEW.title.part := 1; END",
       }) {
    EXPECT_EQ(of(body), of_row) << body;
  }
}

TEST(Mentions, AsAWordThatMayMeanTheColumn) {
  for (char const* body : {
           "BEGIN SELECT title INTO t FROM article WHERE id = NEW.id; END",
           "BEGIN PERFORM a.title FROM article a; END",
           "DECLARE t article.title%TYPE; BEGIN NULL; END",
           "BEGIN UPDATE article SET title = 'x'; END",
           "BEGIN UPDATE public.article SET body = 'x', title = 'y'; END",
           "BEGIN INSERT INTO article (id, title) VALUES (1, 'x'); END",
           "BEGIN EXECUTE 'UPDATE article SET title = 1'; END",
           "BEGIN EXECUTE format($q$ UPDATE %I SET title = 1 $q$, TG_TABLE_NAME); END",
           "BEGIN IF to_jsonb(NEW) ->> 'title' IS NULL THEN NULL; END IF; END",
           "BEGIN NEW := jsonb_populate_record(NEW, '{\"title\": \"x\"}'); END",
           "BEGIN UPDATE other SET name = (SELECT title FROM article); END",
           "BEGIN UPDATE other SET body = 1 WHERE title = 'x'; END",
       }) {
    EXPECT_EQ(of(body), word) << body;
  }
}

TEST(Mentions, WhatIsSomethingElse) {
  for (char const* body : {
           "BEGIN NEW.subtitle := NEW.title_de; END",
           "BEGIN -- NEW.title was here\n /* title */ NULL; END",
           "BEGIN RAISE EXCEPTION 'a title is needed'; END",
           "BEGIN INSERT INTO history (id, title) VALUES (OLD.id, OLD.headline); END",
           "BEGIN INSERT INTO s.history AS h (id, title) VALUES (1, 2) ON CONFLICT (id) DO UPDATE "
           "SET title = EXCLUDED.body; END",
           "BEGIN UPDATE history SET id = 1, title = NEW.headline WHERE id = 1; END",
           "DECLARE title text := NEW.headline; BEGIN NEW.len := length(title); END",
           "BEGIN NEW.len := title(NEW.headline); END",
           "BEGIN PERFORM f(title => NEW.headline); END",
           "BEGIN SELECT NEW.headline AS title INTO r; END",
           "BEGIN PERFORM pg_notify('a', json_build_object('title', NEW.headline)::text); END",
           "BEGIN NEW.\"Title\" := 1; END",
       }) {
    EXPECT_EQ(of(body), nothing) << body;
  }
}

TEST(Mentions, OtherLanguagesAreReadByWords) {
  EXPECT_EQ(of("TD['new']['title'] = 1", "plpython3u"), word);
  EXPECT_EQ(of("TD['new']['subtitle'] = 1", "plpython3u"), nothing);
  EXPECT_EQ(of("BEGIN 'never ended title", "plpgsql"), word) << "cannot be scanned";
  EXPECT_EQ(of("BEGIN NEW.\"Odd Name\" := 1; END", "plpgsql", "Odd Name"), of_row);
}

}  // namespace
}  // namespace bellows::sql::mentions_test
