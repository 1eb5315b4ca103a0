#include "planner/plan/transition.hpp"

#include "planner/catalog/replay.hpp"
#include "planner/plan/make_plan.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bellows::plan {
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
  return touches_copy(transition, sql::read_migration("m", "m.sql", text), catalog);
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

}  // namespace
}  // namespace bellows::plan
