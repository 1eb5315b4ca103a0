#include "planner/sql/statement.hpp"

#include <gtest/gtest.h>

#include <string>

/// What PostgreSQL 17 and 18 brought to tables and their constraints.
namespace bellows::sql::newer_forms_test {
namespace {

AlterTableCommand command(std::string const& text, std::size_t at = 0) {
  Statement const statement = parse_one(text);
  auto const* alter = std::get_if<AlterTable>(&statement.body);
  return alter == nullptr || at >= alter->commands.size() ? AlterTableCommand()
                                                          : alter->commands[at];
}

std::string kind(std::string const& text) {
  return parse_one(text).kind;
}

TEST(NewerForms, NotNullIsAConstraintOfTheTable) {
  AlterTableCommand const named =
      command("ALTER TABLE \"Odd\".t ADD CONSTRAINT n NOT NULL \"My Col\" NOT VALID");
  EXPECT_EQ(named.kind, "ADD NOT NULL NOT VALID");
  EXPECT_EQ(named.name.raw(), "n");
  EXPECT_EQ(named.constraint.form, ConstraintForm::NotNull);
  EXPECT_TRUE(named.constraint.not_valid);
  EXPECT_EQ(named.constraint.columns, std::vector{Identifier("My Col")});
  EXPECT_EQ(named.constraint.text, "NOT NULL \"My Col\" NOT VALID");
  EXPECT_EQ(kind("alter table if exists t * add not null C"), "ALTER TABLE ADD NOT NULL");
  EXPECT_EQ(command("ALTER TABLE t ADD NOT NULL C").constraint.columns,
            std::vector{Identifier("c")});
}

TEST(NewerForms, TheTableAndTheTextStayTheStatements) {
  std::string const text = "ALTER TABLE ONLY s.t ADD /* , */ NOT NULL c -- NOT VALID";
  Statement const statement = parse_one("  " + text);
  auto const& alter = std::get<AlterTable>(statement.body);
  EXPECT_EQ(alter.table.quoted(), "s.t");
  EXPECT_TRUE(alter.only);
  EXPECT_TRUE(text.starts_with(statement.raw.text));
  EXPECT_FALSE(alter.commands[0].constraint.not_valid);
}

TEST(NewerForms, NotEnforcedIsNeitherValidNorScanned) {
  AlterTableCommand const check = command("ALTER TABLE t ADD CHECK (a > 0) NOT ENFORCED");
  EXPECT_EQ(check.kind, "ADD CHECK NOT ENFORCED");
  EXPECT_TRUE(check.constraint.not_enforced);
  EXPECT_TRUE(check.constraint.not_valid);
  EXPECT_EQ(kind("ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p NOT ENFORCED"),
            "ALTER TABLE ADD FOREIGN KEY NOT ENFORCED");
  EXPECT_EQ(kind("ALTER TABLE t ADD CHECK (a > 0) ENFORCED"), "ALTER TABLE ADD CHECK");
}

TEST(NewerForms, WithoutStoredAGeneratedColumnIsVirtual) {
  for (char const* text : {"ALTER TABLE t ADD COLUMN b int GENERATED ALWAYS AS (a + (1)) VIRTUAL",
                           "ALTER TABLE t ADD b int GENERATED ALWAYS AS (a + (1))"}) {
    AlterTableCommand const added = command(text);
    EXPECT_EQ(added.kind, "ADD COLUMN VIRTUAL");
    ASSERT_EQ(added.column.constraints.size(), 1U);
    EXPECT_TRUE(added.column.constraints[0].virtual_column);
    EXPECT_EQ(added.column.constraints[0].expression, "a + 1");
  }
  EXPECT_EQ(kind("ALTER TABLE t ADD b int GENERATED ALWAYS AS (a) STORED"),
            "ALTER TABLE ADD COLUMN");
}

TEST(NewerForms, EachSubCommandHasItsOwn) {
  std::string const text =
      "ALTER TABLE t ADD b int GENERATED ALWAYS AS (f(a, 1)), ADD CHECK (a IN (1, 2)) NOT "
      "ENFORCED, ADD c int GENERATED ALWAYS AS (a) STORED, ADD NOT NULL a";
  EXPECT_EQ(kind(text), "ALTER TABLE");
  EXPECT_EQ(command(text, 0).kind, "ADD COLUMN VIRTUAL");
  EXPECT_EQ(command(text, 1).kind, "ADD CHECK NOT ENFORCED");
  EXPECT_EQ(command(text, 2).kind, "ADD COLUMN");
  EXPECT_EQ(command(text, 3).kind, "ADD NOT NULL");
}

TEST(NewerForms, ElementsOfATable) {
  Statement const statement = parse_one(
      "CREATE TABLE t (CHECK (a > 0) NOT ENFORCED, a int, LIKE u, b int GENERATED ALWAYS AS (a), "
      "CONSTRAINT n NOT NULL a) WITH (fillfactor = 70)");
  auto const& create = std::get<CreateTable>(statement.body);
  ASSERT_EQ(create.columns.size(), 2U);
  ASSERT_EQ(create.constraints.size(), 2U);
  EXPECT_TRUE(create.constraints[0].not_enforced);
  EXPECT_TRUE(create.columns[1].constraints.at(0).virtual_column);
  EXPECT_EQ(create.constraints[1].form, ConstraintForm::NotNull);
}

TEST(NewerForms, ConstraintsAndExpressionsAreAltered) {
  EXPECT_EQ(kind("ALTER TABLE t ALTER CONSTRAINT c ENFORCED"),
            "ALTER TABLE ALTER CONSTRAINT ENFORCED");
  EXPECT_EQ(kind("ALTER TABLE t ALTER CONSTRAINT c NOT ENFORCED"),
            "ALTER TABLE ALTER CONSTRAINT NOT ENFORCED");
  EXPECT_EQ(kind("ALTER TABLE t ALTER CONSTRAINT c NO INHERIT"),
            "ALTER TABLE ALTER CONSTRAINT NO INHERIT");
  EXPECT_EQ(kind("ALTER TABLE t ALTER CONSTRAINT c INHERIT"),
            "ALTER TABLE ALTER CONSTRAINT INHERIT");
  for (char const* text : {"ALTER TABLE t ALTER a SET EXPRESSION AS (b + 1)",
                           "ALTER TABLE t ALTER COLUMN a SET EXPRESSION AS (b + 1)"}) {
    AlterTableCommand const changed = command(text);
    EXPECT_EQ(changed.kind, "SET EXPRESSION");
    EXPECT_EQ(changed.name.raw(), "a");
    EXPECT_EQ(changed.expression, "b + 1");
  }
}

TEST(NewerForms, BrokenOnesAreUnparsedWithTheirPlace) {
  for (char const* text : {
           "ALTER TABLE t ADD UNIQUE (a) NOT ENFORCED",
           "ALTER TABLE t ADD NOT NULL",
           "ALTER TABLE t ADD NOT NULL (a)",
           "ALTER TABLE t ALTER a SET EXPRESSION (b)",
           "ALTER TABLE t ADD b int GENERATED ALWAYS AS (",
           "ALTER TABLE t ADD b int GENERATED ALWAYS AS (a) VIRTUAL oops",
           "ALTER TABLE",
           "CREATE TABLE t (a int VIRTUAL",
           "ENFORCED",
           "NOT ENFORCED",
       }) {
    Statement const statement = parse_one(text);
    EXPECT_EQ(statement.kind, "UNKNOWN") << text;
    EXPECT_TRUE(std::holds_alternative<Unparsed>(statement.body)) << text;
  }
}

TEST(NewerForms, WordsInStringsAndNamesAreNone) {
  EXPECT_EQ(kind("ALTER TABLE t ADD \"ENFORCED\" int DEFAULT 'NOT ENFORCED'"),
            "ALTER TABLE ADD COLUMN");
  EXPECT_EQ(kind("ALTER TABLE \"ONLY\" ADD NOT NULL \"virtual\""), "ALTER TABLE ADD NOT NULL");
}

}  // namespace
}  // namespace bellows::sql::newer_forms_test
