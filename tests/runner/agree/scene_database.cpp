#include "tests/runner/agree/scene_database.hpp"

#include "planner/catalog/dump.hpp"
#include "planner/catalog/replay.hpp"
#include "planner/catalog/snapshot.hpp"
#include "runner/catalog/read_catalog.hpp"
#include "tests/runner/agree/scene.hpp"
#include "tests/runner/agree/speaker.hpp"
#include "tests/support/dump.hpp"

#include <algorithm>

namespace bellows::agree {

namespace {

constexpr std::size_t changes = 30;

std::vector<std::string> made(Dice& dice, int version) {
  std::vector<std::string> statements;
  for (Fragment const& fragment : fragments) {
    bool const fits = fragment.since <= version && version <= fragment.until;
    bool const first = &fragment == &fragments[0];
    if (fits && (first || dice.percent(75))) {
      statements.insert(statements.end(), fragment.statements.begin(), fragment.statements.end());
    }
  }
  return statements;
}

/// Before 18 a child may be without the NOT NULL of its parent, which no dump tells.
bool takes_inherited_not_null(std::string const& statement) {
  constexpr std::string_view children[] = {"derived", "merged", "grandchild"};
  return statement.find("DROP NOT NULL") != std::string::npos &&
         std::ranges::any_of(children, [&](std::string_view child) {
           return statement.find(child) != std::string::npos;
         });
}

/// What empties the schema would leave nothing to speak of.
bool is_kept(std::string const& statement) {
  constexpr std::string_view left_out[] = {"PUBLICATION", "SCHEMA",        "DROP TABLE",
                                           "DROP TYPE",   "DROP FUNCTION", "ALTER TYPE",
                                           "ALTER DOMAIN"};
  return !takes_inherited_not_null(statement) &&
         std::ranges::none_of(left_out, [&](std::string_view words) {
           return statement.find(words) != std::string::npos;
         });
}

bool is_taken(postgres::Session& session, std::string const& statement) {
  try {
    session.run(statement);
    return true;
  } catch (postgres::Failure const&) {
    return false;
  }
}

/// Makes the schema, and says by which statements.
std::vector<std::string> make(test::TempDatabase const& database, Dice& dice) {
  auto session = database.session();
  std::vector<std::string> statements = made(dice, session.server_version() / 10'000);
  for (std::string const& statement : statements) {
    session.run(statement);
  }
  Names const names = names_of(catalog::read_catalog(session), statements);
  Speaker speaker(names, dice);
  for (std::size_t i = 0; i < changes; ++i) {
    std::string const statement = speaker.say(dice.percent(70)   ? "<alter_table>"
                                              : dice.percent(50) ? "<index_statement>"
                                                                 : "<statement>");
    if (is_kept(statement) && is_taken(session, statement)) {
      statements.push_back(statement);
    }
  }
  session.run("ANALYZE");
  return statements;
}

catalog::Catalog replayed(std::string_view text, int version) {
  catalog::Catalog catalog;
  catalog.server_version = version;
  catalog::expect(catalog, text);
  catalog::replay_text(catalog, text);
  return catalog;
}

std::string joined(std::vector<std::string> const& statements) {
  std::string text;
  for (std::string const& statement : statements) {
    text += statement + ";\n";
  }
  return text;
}

Dice dice_of(std::uint64_t seed, std::uint64_t number) {
  return Dice(seed * 1'000'003 + number);
}

}  // namespace

SceneDatabase::SceneDatabase(std::uint64_t seed, std::uint64_t number)
    : statements_([&] {
        Dice dice = dice_of(seed, number);
        return make(model_, dice);
      }()),
      copy_(model_.copy()),
      session_(copy_.session()),
      names_(names_of(catalog::read_catalog(session_), statements_)) {
  int const version = session_.server_version() / 10'000;
  sources_.emplace_back("live", names_.catalog);
  bool const with_sizes = number % 2 == 0;
  sources_.emplace_back("snapshot",
                        catalog::from_json(catalog::to_json(names_.catalog, with_sizes)));
  if (test::can_dump(session_)) {
    sources_.emplace_back("dump", replayed(test::dump(copy_.conninfo()), version));
  } else {
    sources_.emplace_back("history", replayed(joined(statements_), version));
  }
}

}  // namespace bellows::agree
