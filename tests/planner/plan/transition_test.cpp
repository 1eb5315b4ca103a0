#include "planner/plan/transition.hpp"

#include "planner/catalog/replay.hpp"
#include "planner/plan/make_plan.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bellows::plan::transition_test {
namespace {

using Words = std::vector<std::string>;

catalog::Catalog users() {
  catalog::Catalog catalog;
  catalog.complete = true;
  catalog::replay_text(catalog,
                       "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL);"
                       "CREATE TABLE orders (id int PRIMARY KEY, who text)");
  return catalog;
}

Plan plan_of(std::string_view text) {
  auto made = make_plan(sql::read_migration("m", "m.sql", text), users());
  EXPECT_TRUE(std::holds_alternative<Plan>(made)) << text;
  return std::holds_alternative<Plan>(made) ? std::get<Plan>(std::move(made)) : Plan();
}

TEST(Transition, IsARenameWhoseContractDropsTheCopy) {
  auto const found = transition_of(plan_of("ALTER TABLE users RENAME name TO called"));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->table.display(), "public.users");
  EXPECT_EQ(found->from.raw(), "name");
  EXPECT_EQ(found->to.raw(), "called");
}

TEST(Transition, IsNothingElse) {
  EXPECT_FALSE(transition_of(plan_of("CREATE TABLE t (id int)")));
  EXPECT_FALSE(transition_of(plan_of("UPDATE users SET name = 'x'")));
  EXPECT_FALSE(
      transition_of(plan_of("-- bellows: using called = upper(name)\n"
                            "-- bellows: reverse name = called\n"
                            "ALTER TABLE users RENAME name TO called")))
      << "the new column stays";
}

Words touches(std::string_view text) {
  Transition const transition{{sql::Identifier("public"), sql::Identifier("users")},
                              sql::Identifier("name"),
                              sql::Identifier("called")};
  catalog::Catalog catalog = users();
  catalog::replay_text(catalog, "ALTER TABLE users ADD COLUMN called text");
  catalog::Catalog after = catalog;
  catalog::replay(after, sql::read_migration("m", "m.sql", text));
  return touches_copy(transition, catalog, after);
}

TEST(Transition, WhatIsBuiltOnTheCopyIsNamed) {
  EXPECT_EQ(touches("CREATE INDEX CONCURRENTLY i ON users (id, called)"), Words{"index i"});
  EXPECT_EQ(touches("CREATE INDEX i ON users (lower(called)) WHERE id > 1"), Words{"index i"});
  EXPECT_EQ(touches("ALTER TABLE users ADD CONSTRAINT u UNIQUE (called)"), Words{"constraint u"});
  EXPECT_EQ(touches("ALTER TABLE users ADD CONSTRAINT c CHECK (called <> '') NOT VALID"),
            Words{"constraint c"});
  EXPECT_EQ(touches("CREATE VIEW v AS SELECT called FROM users"), Words{"view public.v"});
  EXPECT_EQ(touches("ALTER TABLE users ADD up text GENERATED ALWAYS AS (upper(called)) STORED"),
            Words{"generated column up"});
  EXPECT_EQ(touches("ALTER TABLE users ALTER called SET NOT NULL"),
            Words{"a change of the column itself"});
  EXPECT_EQ(touches("ALTER TABLE users RENAME called TO known"),
            Words{"a change of the column itself"});
}

TEST(Transition, WhatIsBesideItIsNobodysMatter) {
  EXPECT_EQ(touches("CREATE INDEX i ON users (id)"), Words{});
  EXPECT_EQ(touches("UPDATE users SET called = 'x' WHERE id = 1"), Words{});
  EXPECT_EQ(touches("CREATE TABLE called (called text)"), Words{});
  EXPECT_EQ(touches("ALTER TABLE users ADD other text"), Words{});
}

std::set<std::string> touched_by(std::string_view text) {
  catalog::Catalog before = users();
  catalog::replay_text(before, "CREATE VIEW names AS SELECT name FROM users");
  catalog::Catalog after = before;
  catalog::replay(after, sql::read_migration("m", "m.sql", text));
  std::set<std::string> names;
  for (sql::QualifiedName const& name : tables_touched(before, after)) {
    names.insert(name.display());
  }
  return names;
}

TEST(Transition, TablesTouchedAreThoseThatAreNotAsBeforeAndWhatTheyPointTo) {
  using Names = std::set<std::string>;
  EXPECT_EQ(touched_by("INSERT INTO users VALUES (1)"), Names());
  EXPECT_EQ(touched_by("ALTER TABLE orders ADD at date"), Names{"public.orders"});
  EXPECT_EQ(touched_by("CREATE TABLE a (id int)"), Names{"public.a"});
  EXPECT_EQ(touched_by("CREATE TABLE z (id int REFERENCES users)"),
            (Names{"public.users", "public.z"}));
  EXPECT_EQ(touched_by("DROP TABLE orders"), Names{"public.orders"});
  EXPECT_EQ(touched_by("ALTER TABLE users RENAME TO people"),
            (Names{"public.people", "public.users"}));
  EXPECT_EQ(touched_by("CREATE VIEW v AS SELECT id FROM users"),
            (Names{"public.users", "public.v"}));
}

}  // namespace
}  // namespace bellows::plan::transition_test
