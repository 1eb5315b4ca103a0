#include "tests/support/project.hpp"
#include "tests/support/temp_database.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

/// An old application that knows only `name` and a new one that knows only `display_name`, from the
/// moment it exists, write while the rename runs through all its phases. A model says what every
/// row must be.
namespace bellows::test::rename_writers_db_test {
namespace {

using postgres::Session;
using Value = std::optional<std::string>;

/// What one kind of rename does to values.
struct Kind {
  std::string name;
  std::string migration;
  std::function<Value(Value)> forward;  // old → new
  std::function<Value(Value)> reverse;  // new → old
};

Value same(Value value) {
  return value;
}

Value capitalised(Value value) {
  if (value && !value->empty()) {
    value->front() = static_cast<char>(std::toupper(value->front()));
  }
  return value;
}

Value lowered(Value value) {
  if (value) {
    for (char& c : *value) {
      c = static_cast<char>(std::tolower(c));
    }
  }
  return value;
}

constexpr char const* plain = "ALTER TABLE users RENAME COLUMN name TO display_name;\n";
constexpr char const* converting =
    "-- bellows: using display_name = upper(left(name, 1)) || substr(name, 2)\n"
    "-- bellows: reverse name = lower(display_name)\n"
    "ALTER TABLE users RENAME COLUMN name TO display_name;\n";

struct Row {
  Value old_value;
  Value new_value;
};

/// Two applications on one thread, taking turns at random: what they did is known exactly.
class Applications {
 public:
  Applications(TempDatabase const& db, Kind kind, unsigned seed, int rows)
      : kind_(std::move(kind)),
        old_(db.session("old app")),
        new_(db.session("new app")),
        random_(seed) {
    for (int id = 1; id <= rows; ++id) {
      Value const value = "legacy" + std::to_string(id);
      model_[id] = {value, kind_.forward(value)};
    }
    next_id_ = rows + 1;
    thread_ = std::thread([this] { run(); });
  }
  ~Applications() { stop(); }

  void stop_old() { old_writes_ = false; }
  void stop() {
    going_ = false;
    if (thread_.joinable()) {
      thread_.join();
    }
  }
  std::map<int, Row> const& model() const { return model_; }
  std::string const& failure() const { return failure_; }
  std::int64_t writes(bool by_new) const { return by_new ? new_count_ : old_count_; }

 private:
  void run() {
    try {
      while (going_) {
        step();
      }
    } catch (std::exception const& error) {
      failure_ = error.what();
    }
  }

  bool new_column_there() {
    // Once it is there it stays: contract swaps it in one transaction.
    if (!there_) {
      there_ = new_.run(
                       "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'users'::regclass "
                       "AND attname = "
                       "'display_name' AND NOT attisdropped)")
                   .truth(0, 0);
    }
    return there_;
  }

  void step() {
    bool const by_new = new_column_there() && (!old_writes_ || pick(2) == 0);
    if (!by_new && !old_writes_) {
      return;
    }
    if (by_new) {
      write(new_, "display_name", true);
      ++new_count_;
    } else {
      write(old_, "name", false);
      ++old_count_;
    }
  }

  void write(Session& session, std::string const& column, bool by_new) {
    Value value = "v" + std::to_string(++serial_) + (pick(2) == 0 ? "Mc" : "mc");
    int const id = std::next(model_.begin(), pick(static_cast<int>(model_.size())))->first;
    switch (pick(7)) {
      case 0:
        return insert(session, column, value, by_new);
      case 1:
        return upsert(session, column, id, value, by_new);
      case 2:
        return unrelated(session, id);
      case 3:
        return remove(session, id);
      case 4:
        // A NULL by the new side on a row that waits to be filled is no change: it is left out.
        if (by_new && !filled(id)) {
          break;
        }
        value.reset();
        break;
      case 5:
        return returning_same(session, column, id);
      default:
        break;
    }
    session.run("UPDATE users SET " + column + " = $1 WHERE id = $2::int",
                {value, std::to_string(id)});
    wrote(id, value, by_new);
  }

  bool filled(int id) {
    return new_
        .run("SELECT display_name IS NOT NULL FROM users WHERE id = $1::int", {std::to_string(id)})
        .truth(0, 0);
  }

  void insert(Session& session, std::string const& column, Value const& value, bool by_new) {
    int const id = next_id_++;
    session.run("INSERT INTO users (id, " + column + ") VALUES ($1::int, $2)",
                {std::to_string(id), value});
    wrote(id, value, by_new);
  }

  void upsert(Session& session, std::string const& column, int id, Value const& value,
              bool by_new) {
    session.run("INSERT INTO users (id, " + column +
                    ") VALUES ($1::int, $2) ON CONFLICT (id) DO UPDATE SET " + column +
                    " = EXCLUDED." + column,
                {std::to_string(id), value});
    wrote(id, value, by_new);
  }

  void unrelated(Session& session, int id) {
    session.run("UPDATE users SET visits = visits + 1 WHERE id = $1::int", {std::to_string(id)});
  }

  void remove(Session& session, int id) {
    if (model_.size() < 50) {
      return;
    }
    session.run("DELETE FROM users WHERE id = $1::int", {std::to_string(id)});
    model_.erase(id);
  }

  // What an ORM does: all of the row that it knows, back as it was read.
  void returning_same(Session& session, std::string const& column, int id) {
    session.run(
        "UPDATE users SET " + column + " = " + column + ", visits = visits + 1 WHERE id = $1::int",
        {std::to_string(id)});
  }

  void wrote(int id, Value const& value, bool by_new) {
    Row& row = model_[id];
    Row const written =
        by_new ? Row{kind_.reverse(value), value} : Row{value, kind_.forward(value)};
    // A side that writes what stands there already leads nobody.
    bool const changed =
        by_new ? row.new_value != written.new_value : row.old_value != written.old_value;
    if (changed || (!row.old_value && !row.new_value)) {
      row = written;
    }
  }

  int pick(int n) { return std::uniform_int_distribution<int>{0, n - 1}(random_); }

  Kind kind_;
  Session old_;
  Session new_;
  std::mt19937 random_;
  std::map<int, Row> model_;
  int next_id_ = 0;
  std::int64_t serial_ = 0;
  bool there_ = false;
  std::atomic<bool> going_{true};
  std::atomic<bool> old_writes_{true};
  std::atomic<std::int64_t> old_count_{0};
  std::atomic<std::int64_t> new_count_{0};
  std::string failure_;
  std::thread thread_;
};

std::string shown(Value const& value) {
  return value.value_or("NULL");
}

void expect_rows(TempDatabase const& db, std::map<int, Row> const& model, bool both) {
  auto session = db.session();
  auto const rows = session.run(both ? "SELECT id, display_name, name FROM users ORDER BY id"
                                     : "SELECT id, display_name FROM users ORDER BY id");
  ASSERT_EQ(rows.size(), model.size());
  std::size_t i = 0;
  for (auto const& [id, row] : model) {
    ASSERT_EQ(rows.number(i, 0), id);
    EXPECT_EQ(shown(rows.value(i, 1)), shown(row.new_value)) << "display_name of row " << id;
    if (both) {
      EXPECT_EQ(shown(rows.value(i, 2)), shown(row.old_value)) << "name of row " << id;
    }
    ++i;
  }
}

class RenameUnderWriters : public testing::TestWithParam<int> {
 protected:
  void run(Kind const& kind) {
    constexpr int rows = 3000;
    TempDatabase const db;
    db.run(
        "CREATE TABLE users (id int PRIMARY KEY, name varchar(100), visits int NOT NULL DEFAULT 0);"
        "CREATE INDEX users_name ON users (name);"
        "INSERT INTO users SELECT g, 'legacy' || g FROM generate_series(1, " +
        std::to_string(rows) + ") g");
    Project const project(db.conninfo());
    project.migration("20260301090000_rename", kind.migration);
    Ran const planned = project.run({"plan", "--database-url", db.conninfo()});
    ASSERT_EQ(planned.code, 0) << planned.said << planned.answer;

    Applications applications(db, kind, static_cast<unsigned>(GetParam()), rows);
    Ran const up = project.run({"up", "--batch-rows", "50", "--batch-max-rows", "50"});
    ASSERT_EQ(up.code, 0) << up.said;
    applications.stop_old();
    Ran const contract = project.run({"contract", "--quiet-period", "200ms", "--gate-wait", "60s"});
    ASSERT_EQ(contract.code, 0) << contract.said;
    applications.stop();

    EXPECT_EQ(applications.failure(), "");
    EXPECT_GT(applications.writes(false), 20);
    EXPECT_GT(applications.writes(true), 20);
    expect_rows(db, applications.model(), false);
    EXPECT_EQ(db.value("SELECT count(*) FROM pg_proc WHERE proname LIKE 'bellows%'"), "0");
  }

  /// The columns side by side, before contract: what each application sees.
  void run_to_backfilled(Kind const& kind) {
    TempDatabase const db;
    db.run(
        "CREATE TABLE users (id int PRIMARY KEY, name varchar(100), visits int NOT NULL DEFAULT 0);"
        "INSERT INTO users SELECT g, 'legacy' || g FROM generate_series(1, 1000) g");
    Project const project(db.conninfo());
    project.migration("20260301090000_rename", kind.migration);
    ASSERT_EQ(project.run({"plan", "--database-url", db.conninfo()}).code, 0);
    Applications applications(db, kind, static_cast<unsigned>(GetParam()), 1000);
    Ran const up = project.run({"up", "--batch-rows", "20", "--batch-max-rows", "20"});
    ASSERT_EQ(up.code, 0) << up.said;
    applications.stop();
    EXPECT_EQ(applications.failure(), "");
    expect_rows(db, applications.model(), true);
  }
};

Kind const as_it_is{"plain", plain, same, same};
Kind const lossy{"using", converting, capitalised, lowered};

TEST_P(RenameUnderWriters, LosesNoWrite) {
  run(as_it_is);
}
TEST_P(RenameUnderWriters, WithConversionLosesNoWrite) {
  run(lossy);
}
TEST_P(RenameUnderWriters, BothApplicationsSeeEachOther) {
  run_to_backfilled(as_it_is);
}
TEST_P(RenameUnderWriters, WithConversionBothApplicationsSeeEachOther) {
  run_to_backfilled(lossy);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RenameUnderWriters, testing::Values(1, 2, 3));

}  // namespace
}  // namespace bellows::test::rename_writers_db_test
