#include "runner/rollout/basis.hpp"

#include "batcher/postgres/session.hpp"

#include <gtest/gtest.h>

namespace bellows::runner::basis_test {
namespace {

using Lines = std::vector<std::string>;

Basis of(Basis::Source source, std::string name, std::size_t replayed = 0, std::string last = "") {
  Basis basis;
  basis.source = source;
  basis.name = std::move(name);
  basis.replayed = replayed;
  basis.last = std::move(last);
  return basis;
}

TEST(Basis, NotesWhatIsNotFollowed) {
  Basis basis;
  note(basis, sql::read_migration("m", "m.sql",
                                  "CREATE TABLE t (id int);\n"
                                  "DO $$ BEGIN ALTER TABLE t ADD a int; END $$;\n"
                                  "\\connect app\n"
                                  "ALTER TABEL t;\n"
                                  "SELECT setval('s', 1), f();\n"
                                  "CREATE EXTENSION citext;\n"
                                  "COPY t FROM stdin;\n1\n\\.\n"
                                  "-- bellows: down\nDO $$ BEGIN END $$;"));
  EXPECT_EQ(basis.unfollowed,
            (std::vector<Basis::Unfollowed>{{"m.sql", 2, "DO"},
                                            {"m.sql", 3, "\\connect"},
                                            {"m.sql", 4, "syntax error at or near \"TABEL\""},
                                            {"m.sql", 5, "SELECT"},
                                            {"m.sql", 6, "CREATE EXTENSION"}}));
  EXPECT_EQ(basis.copies, 1U);
  EXPECT_EQ(in_words(basis, 1).at(1),
            "what they change there is not known: m.sql:2 (DO), m.sql:3 (\\connect), m.sql:4 "
            "(syntax error at or near \"TABEL\") and 2 more");
  EXPECT_EQ(in_words(basis, 1).at(2), "the rows of 1 COPY … FROM stdin were passed over");
}

TEST(Basis, SaysWhatItIs) {
  EXPECT_EQ(in_words({}, 1),
            Lines{"judged by itself: no migrations and no catalog come before it"});
  EXPECT_EQ(in_words(of(Basis::Source::Migrations, "m/", 3, "m/3_c.sql"), 1),
            Lines{"judged after 3 migrations of m/, the last of them m/3_c.sql"});
  EXPECT_EQ(in_words(of(Basis::Source::Migrations, "m/", 3, "m/3_c.sql"), 4),
            Lines{"each judged after the migrations before it in m/"});
  EXPECT_EQ(in_words(of(Basis::Source::Migrations, "m/"), 1),
            Lines{"judged by itself: nothing in m/ comes before it"});
  EXPECT_EQ(in_words(of(Basis::Source::Snapshot, "s.json"), 2),
            Lines{"judged against the snapshot s.json"});
  EXPECT_EQ(in_words(of(Basis::Source::Script, "dump.sql"), 1),
            Lines{"judged against dump.sql, replayed"});
  std::string const shop = postgres::describe_target("host=h port=5432 dbname=shop user=me");
  EXPECT_EQ(in_words(of(Basis::Source::Database, shop), 1),
            Lines{"judged against database shop on h:5432 as me as it is now"});
  EXPECT_EQ(in_words(of(Basis::Source::Database, shop, 1, "m/1.sql"), 1),
            Lines{"judged against database shop on h:5432 as me as it is now, and 1 migration that "
                  "it has not run, the last of them m/1.sql"});
}

}  // namespace
}  // namespace bellows::runner::basis_test
