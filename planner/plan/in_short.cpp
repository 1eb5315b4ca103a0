#include "planner/plan/in_short.hpp"

#include "planner/sql/statement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace bellows::plan {
namespace {

using sql::QualifiedName;

/// What one step takes away and renames.
struct Losses {
  std::vector<std::pair<QualifiedName, sql::Identifier>> columns;
  std::vector<std::string> objects;  // in words: "table a.b"
  std::vector<sql::RenameColumn> renamed;
};

std::string column_of(QualifiedName const& table, sql::Identifier const& column) {
  return table.display() + "." + column.quoted();
}

/// Of the migration's own; what bellows made for the transition is nobody's loss.
bool is_told(sql::Drop const& drop) {
  constexpr std::string_view kept[] = {"TABLE", "VIEW", "MATERIALIZED VIEW", "SCHEMA", "TYPE"};
  return std::ranges::find(kept, drop.what) != std::end(kept);
}

void note(Losses& losses, sql::Statement const& statement) {
  if (auto const* rename = std::get_if<sql::RenameColumn>(&statement.body)) {
    losses.renamed.push_back(*rename);
  }
  if (auto const* drop = std::get_if<sql::Drop>(&statement.body); drop && is_told(*drop)) {
    for (QualifiedName const& name : drop->names) {
      losses.objects.push_back(fmt::format("{} {}", drop->what, name.display()));
    }
  }
  auto const* alter = std::get_if<sql::AlterTable>(&statement.body);
  for (std::size_t i = 0; alter != nullptr && i < alter->commands.size(); ++i) {
    sql::AlterTableCommand const& command = alter->commands[i];
    if (command.action == sql::AlterAction::DropColumn) {
      losses.columns.emplace_back(alter->table, command.name);
    }
  }
}

/// As bellows writes it of what it made for the transition: most of what is dropped.
bool drops_untold(std::string_view text) {
  constexpr std::string_view begins[] = {"DROP FUNCTION ", "DROP SEQUENCE ", "DROP TRIGGER "};
  return std::ranges::any_of(begins, [&](std::string_view one) { return text.starts_with(one); });
}

/// Whether it can take away or rename anything that is told: no keyword can be written otherwise,
/// and most of what is planned need not be read for it.
bool may_lose(std::string_view text) {
  constexpr std::string_view words[] = {"drop", "rename"};
  auto const same = [](char c, char of_word) {
    constexpr char lower = 0x20;  // the bit by which small letters differ
    return (c | lower) == of_word;
  };
  auto const is_in = [&](std::string_view word) {
    return std::search(text.begin(), text.end(), word.begin(), word.end(), same) != text.end();
  };
  return !drops_untold(text) && std::ranges::any_of(words, is_in);
}

Losses losses_of(RunSql const& run) {
  Losses losses;
  for (std::string const& text : run.statements) {
    if (may_lose(text)) {
      note(losses, sql::parse_one(text));
    }
  }
  return losses;
}

/// The column that a rename puts back at once: a copy of the one that is renamed.
bool comes_back(Losses const& losses, QualifiedName const& table, sql::Identifier const& column) {
  return std::ranges::any_of(losses.renamed, [&](sql::RenameColumn const& rename) {
    return rename.table == table && rename.to == column;
  });
}

std::string in_words(Losses const& losses) {
  std::vector<std::string> parts;
  for (auto const& [table, column] : losses.columns) {
    parts.push_back(comes_back(losses, table, column)
                        ? fmt::format("drops {}, the copy", column_of(table, column))
                        : fmt::format("drops {} with its values", column_of(table, column)));
  }
  for (sql::RenameColumn const& rename : losses.renamed) {
    parts.push_back(
        fmt::format("renames {} to {}", column_of(rename.table, rename.from), rename.to.quoted()));
  }
  for (std::string const& object : losses.objects) {
    parts.push_back("drops " + object);
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

/// The names that are gone afterwards, each once.
std::string gone(Losses const& losses) {
  std::vector<std::string> names;
  auto const add = [&](std::string name) {
    if (std::ranges::find(names, name) == names.end()) {
      names.push_back(std::move(name));
    }
  };
  for (auto const& [table, column] : losses.columns) {
    if (!comes_back(losses, table, column)) {
      add(column.quoted());
    }
  }
  for (sql::RenameColumn const& rename : losses.renamed) {
    add(rename.from.quoted());
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string of_step(std::string_view phase, Step const& step, RunSql const& run) {
  Losses const losses = losses_of(run);
  std::string const what = in_words(losses);
  if (what.empty()) {
    return step.irreversible ? fmt::format("{}: no way back behind {}", phase, step.id) : "";
  }
  std::string text = fmt::format("{} {}", phase, what);
  if (std::string const names = gone(losses); !names.empty()) {
    text += fmt::format("; whatever still says {} fails from then on", names);
  }
  return text + (step.irreversible ? ", and there is no way back" : "");
}

std::string rows_of(Batch const& batch) {
  struct InWords {
    Batch const& batch;
    std::string operator()(SetColumns const& set) const {
      std::vector<std::string> names;
      for (auto const& [column, expression] : set.columns) {
        names.push_back(column.quoted());
      }
      return fmt::format("writes {} of {}", fmt::join(names, ", "), batch.table.display());
    }
    std::string operator()(DeleteRows const& /*all of it*/) const {
      return "deletes rows of " + batch.table.display();
    }
    std::string operator()(CopyRows const& copy) const {
      return fmt::format("copies rows of {} to {}", batch.table.display(), copy.into.display());
    }
  };
  return std::visit(InWords{batch}, batch.action);
}

std::string of_step(std::string_view phase, Step const& step, Batch const& batch) {
  return step.irreversible
             ? fmt::format("{} {} in batches, and there is no way back once one is committed",
                           phase, rows_of(batch))
             : "";
}

std::string of_step(std::string_view /*phase*/, Step const& /*step*/, Verify const& /*reads*/) {
  return "";
}

std::string of_step(std::string_view /*phase*/, Step const& /*step*/, Gate const& /*waits*/) {
  return "";
}

/// Line ends as YAML's older and newer readers know them, and whatever else no comment can hold.
std::string on_one_line(std::string text) {
  for (std::string_view const end : {"\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"}) {
    for (std::size_t at = text.find(end); at != std::string::npos; at = text.find(end, at)) {
      text.replace(at, end.size(), "?");
    }
  }
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return text;
}

}  // namespace

std::string in_short(Plan const& plan) {
  std::vector<std::string> told;
  std::pair<std::string_view, std::vector<Step> const*> const phases[] = {
      {"expand", &plan.expand}, {"backfill", &plan.backfill}, {"contract", &plan.contract}};
  for (auto const& [phase, steps] : phases) {
    for (Step const& step : *steps) {
      std::string text =
          std::visit([&, name = phase](auto const& action) { return of_step(name, step, action); },
                     step.action);
      if (!text.empty()) {
        told.push_back(std::move(text));
      }
    }
  }
  return told.empty() ? "drops and renames nothing"
                      : on_one_line(fmt::format("{}", fmt::join(told, "; ")));
}

}  // namespace bellows::plan
