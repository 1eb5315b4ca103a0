#include "tests/runner/agree/campaign.hpp"

#include "tests/runner/agree/judge.hpp"
#include "tests/runner/agree/scene_database.hpp"
#include "tests/runner/agree/speaker.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <memory>
#include <ostream>

namespace bellows::agree {

namespace {

constexpr std::uint64_t migrations_a_scene = 200;

struct Case {
  std::uint64_t seed;
  std::uint64_t number;
  std::vector<std::string> statements;
  std::vector<Answer> answers;
  bool alone = false;  // outside of a transaction
};

/// What the sources have made of one statement of it.
struct Opinion {
  std::string source;
  rules::Reviewed said;
  Judged judged;
};

bool is_concurrent(std::string const& statement) {
  return statement.find("CONCURRENTLY") != std::string::npos;
}

/// One that cannot be in a transaction is alone in its migration.
Case make_case(SceneDatabase& scene, std::uint64_t seed, std::uint64_t number) {
  Dice dice(seed * 7'919 + number * 104'729 + 1);
  Case one{seed, number, Speaker(scene.names(), dice).migration(), {}};
  auto const concurrent = std::ranges::find_if(one.statements, is_concurrent);
  if (concurrent != one.statements.end()) {
    one.statements = {*concurrent};
    one.alone = true;
    one.answers = {alone(scene.model(), one.statements[0])};
  } else {
    one.answers = in_transaction(scene.session(), one.statements);
  }
  return one;
}

std::string text_of(Case const& one) {
  return fmt::format("{};\n", fmt::join(one.statements, ";\n"));
}

std::span<std::string const> asked_of(Case const& one) {
  return std::span(one.statements).first(one.answers.size());
}

/// Of each statement that the server was asked, what each source says.
std::vector<std::vector<Opinion>> opinions(SceneDatabase& scene, Case const& one) {
  std::vector<std::vector<Opinion>> all(one.answers.size());
  std::optional<bool> for_rows;
  for (auto const& [source, known] : scene.sources()) {
    catalog::Catalog catalog = known;
    auto reviewed = rules::review(sql::read_migration("m", "m.sql", text_of(one)), catalog);
    for (std::size_t i = 0; i < std::min(all.size(), reviewed.size()); ++i) {
      auto const asked = [&] {
        if (!for_rows) {
          for_rows = !one.alone && fails_for_rows(scene.session(), asked_of(one));
        }
        return *for_rows;
      };
      Judged judged = judge(reviewed[i], one.answers[i], i == 0, asked);
      all[i].push_back({source, std::move(reviewed[i]), std::move(judged)});
    }
  }
  return all;
}

bool is(Opinion const& opinion, Agreement agreement) {
  return opinion.judged.agreement == agreement;
}

bool any(std::vector<Opinion> const& opinions, Agreement agreement) {
  return std::ranges::any_of(opinions, [&](Opinion const& one) { return is(one, agreement); });
}

void tell(std::ostream& out, Case const& one, std::size_t at, std::vector<Opinion> const& opinions,
          std::string_view what) {
  fmt::print(out, "{} --seed {} --only {}, statement {}: {}\n", what, one.seed, one.number, at + 1,
             opinions.front().said.statement.kind);
  for (std::string const& statement : one.statements) {
    fmt::print(out, "    {};\n", statement);
  }
  Answer const& answer = one.answers[at];
  fmt::print(out, "  server: {}\n",
             answer.sqlstate.empty() ? "takes it" : answer.sqlstate + " " + answer.message);
  for (Opinion const& opinion : opinions) {
    fmt::print(out, "  {}: {}\n", opinion.source, in_words(opinion.said));
    for (std::string const& line : opinion.judged.wrong) {
      fmt::print(out, "    wrong: {}\n", line);
    }
    for (std::string const& line : opinion.judged.overstated) {
      fmt::print(out, "    overstated: {}\n", line);
    }
  }
}

void count(Campaign const& campaign, Case const& one, std::size_t at,
           std::vector<Opinion> const& opinions, Tally& tally, std::ostream& out) {
  bool const wrong =
      any(opinions, Agreement::Wrong) && (campaign.unforeseen || one.answers[at].sqlstate.empty());
  auto const overstated = [](Opinion const& opinion) { return !opinion.judged.overstated.empty(); };
  bool const over = std::ranges::any_of(opinions, overstated);
  auto const add = [](std::uint64_t& to, bool so) { to += so ? 1U : 0U; };
  add(tally.statements, true);
  add(tally.wrong, wrong);
  add(tally.depends, any(opinions, Agreement::Depends));
  add(tally.unparsed, any(opinions, Agreement::Unparsed));
  add(tally.rows, any(opinions, Agreement::Rows));
  add(tally.overstated, over);
  add(tally.other_state, std::ranges::any_of(opinions, [](Opinion const& opinion) {
        return opinion.judged.other_state;
      }));
  add(tally.agreed, std::ranges::all_of(opinions, [](Opinion const& opinion) {
        return is(opinion, Agreement::Agrees);
      }));
  if (wrong) {
    tell(out, one, at, opinions, "WRONG");
  } else if (campaign.only) {
    tell(out, one, at, opinions, "tried");
  } else if (over) {
    tell(out, one, at, opinions, "OVERSTATED");
  }
}

}  // namespace

Tally run(Campaign const& campaign, std::ostream& out) {
  Tally tally;
  std::unique_ptr<SceneDatabase> scene;
  std::optional<std::uint64_t> scene_number;
  std::uint64_t const first = campaign.only.value_or(0);
  std::uint64_t const last = campaign.only ? first + 1 : campaign.count;
  for (std::uint64_t number = first; number < last; ++number) {
    if (scene_number != number / migrations_a_scene) {
      scene_number = number / migrations_a_scene;
      scene.reset();
      scene = std::make_unique<SceneDatabase>(campaign.seed, *scene_number);
    }
    Case const one = make_case(*scene, campaign.seed, number);
    if (campaign.only) {
      fmt::print(out, "{};\n", fmt::join(scene->statements(), ";\n"));
    }
    auto const all = opinions(*scene, one);
    for (std::size_t i = 0; i < all.size(); ++i) {
      count(campaign, one, i, all[i], tally, out);
    }
  }
  return tally;
}

}  // namespace bellows::agree
