#include "planner/catalog/replay.hpp"
#include "planner/rules/review.hpp"
#include "runner/catalog/read_catalog.hpp"
#include "tests/support/observed_locks.hpp"
#include "tests/support/project.hpp"
#include "tests/support/temp_database.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

/// tests/cases/real/: migrations of the shapes that Diesel, Prisma, goose, Flyway, Rails and
/// Supabase projects have, a directory each, carried out one after the other on a real server. What
/// the server did with each statement is the directory's answers.txt (BELLOWS_UPDATE_CASES=1 writes
/// it anew); what bellows had said of it, replaying the files, must not be kinder than that.
namespace bellows::real_db_test {
namespace {

namespace fs = std::filesystem;

fs::path cases() {
  return test::source_directory() / "tests" / "cases" / "real";
}

std::string read(fs::path const& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<fs::path> files_of(fs::path const& directory) {
  std::vector<fs::path> files;
  for (auto const& entry : fs::directory_iterator(directory)) {
    if (entry.path().extension() == ".sql") {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files, [](fs::path const& a, fs::path const& b) {
    return sql::runs_before(a.stem().string(), b.stem().string());
  });
  return files;
}

bool is_bracket(sql::Statement const& statement) {
  return statement.kind == "BEGIN" || statement.kind == "COMMIT";
}

/// "users ACCESS EXCLUSIVE rewritten", of tables that were there before; weak locks are left out.
std::string in_words(test::Observations const& seen, std::set<std::string> const& old) {
  std::vector<std::string> words;
  for (auto const& [name, observed] : seen) {
    bool const strong = observed.lock && locks::blocks_writes(*observed.lock);
    if (observed.kind == 'r' && strong && old.contains(name)) {
      words.push_back(fmt::format("{} {}{}", name, locks::to_string(*observed.lock),
                                  observed.rewritten ? " rewritten" : ""));
    }
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

class RealCases : public testing::TestWithParam<char const*> {
 protected:
  RealCases() : session_(database_.session()) { replayed_.server_version = 15; }

  /// The names of the tables that the file finds.
  std::set<std::string> tables() {
    std::set<std::string> names;
    for (auto const& [name, table] : catalog::read_catalog(session_).tables) {
      names.insert(name.display());
    }
    return names;
  }

  /// What the server does with a statement, which then has happened.
  std::string carry_out(rules::Reviewed const& reviewed, std::set<std::string> const& old) {
    std::string const& text = reviewed.statement.raw.text;
    try {
      std::string locked;
      if (reviewed.effects.transactional) {
        auto const seen = test::observe(session_, text, settings_);
        expect_not_kinder(reviewed, seen, old);
        locked = in_words(seen, old);
        auto transaction = session_.begin();
        if (!settings_.empty()) {
          transaction.run(settings_);
        }
        transaction.run(text);
        transaction.commit();
      } else {
        session_.run(text);
      }
      return locked.empty() ? "ok" : "ok; " + locked;
    } catch (postgres::Failure const& failure) {
      ADD_FAILURE() << failure.what() << ": "
                    << text;  // each of these files has been run somewhere
      return failure.sqlstate;
    }
  }

  /// Whatever the server locks, bellows has said so; and what it rewrites, or that it may.
  static void expect_not_kinder(rules::Reviewed const& reviewed, test::Observations const& seen,
                                std::set<std::string> const& old) {
    SCOPED_TRACE(reviewed.statement.raw.text);
    bool const depends = !reviewed.effects.depends_on.empty() || !reviewed.effects.known;
    for (auto const& [name, observed] : seen) {
      bool const matters = observed.kind == 'r' && old.contains(name) && observed.lock &&
                           locks::blocks_writes(*observed.lock);
      if (!matters) {
        continue;
      }
      EXPECT_NE(reviewed.verdict, rules::Verdict::Safe) << name;
      auto const& effects = reviewed.effects.relations;
      auto const said = std::ranges::find_if(effects, [&name = name](locks::Effect const& effect) {
        return effect.relation.display() == name;
      });
      bool const there = said != effects.end();
      EXPECT_TRUE(depends || (there && said->lock >= *observed.lock)) << name;
      EXPECT_TRUE(depends || !observed.rewritten || (there && said->rewrites)) << name;
    }
  }

  std::string answers_of(fs::path const& file) {
    sql::Migration const migration =
        sql::read_migration(file.stem().string(), file.filename().string(), read(file));
    auto const old = tables();
    settings_.clear();
    std::string answers;
    for (rules::Reviewed const& reviewed : rules::review(migration, replayed_)) {
      sql::Statement const& statement = reviewed.statement;
      bool const local = statement.time_zone && statement.time_zone->local;
      bool const through_client = std::holds_alternative<sql::DataStatement>(statement.body) &&
                                  std::get<sql::DataStatement>(statement.body).through_client;
      std::string did = "not run";
      if (local) {
        settings_ = statement.raw.text;
      } else if (!is_bracket(statement) && !through_client) {
        did = carry_out(reviewed, old);
      }
      answers +=
          fmt::format("{}:{} {}: {}\n", migration.file, statement.raw.at.line, statement.kind, did);
    }
    return answers;
  }

  test::TempDatabase database_;
  postgres::Session session_;
  catalog::Catalog replayed_;
  std::string settings_;  // SET LOCAL: said again in each transaction
};

TEST_P(RealCases, TheAnswersAreTheServers) {
  fs::path const directory = cases() / GetParam();
  std::string answers;
  for (fs::path const& file : files_of(directory)) {
    answers += answers_of(file);
  }
  fs::path const golden = directory / "answers.txt";
  if (std::getenv("BELLOWS_UPDATE_CASES") != nullptr) {
    std::ofstream(golden, std::ios::binary) << answers;
  }
  EXPECT_EQ(answers, read(golden));
}

INSTANTIATE_TEST_SUITE_P(Shapes, RealCases,
                         testing::Values("diesel", "prisma", "goose", "flyway", "rails",
                                         "supabase"),
                         [](auto const& one) { return std::string(one.param); });

}  // namespace
}  // namespace bellows::real_db_test
