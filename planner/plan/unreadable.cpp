#include "planner/plan/unreadable.hpp"

#include "planner/sql/statement.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

namespace bellows::plan {
namespace {

class Reading {
 public:
  explicit Reading(std::vector<std::string> const& known) : known_(known.begin(), known.end()) {}

  void read(Step const& step) {
    if (!ids_.insert(step.id).second) {
      mistakes.push_back(fmt::format("step {} is there twice", step.id));
    }
    std::visit([&](auto const& action) { read(step, action); }, step.action);
    for (std::string const& statement : step.undo) {
      statement_of(step, "its undo", statement);
    }
    for (Requirement const& requirement : step.requirements) {
      statement_of(step, "a requirement", requirement.query);
    }
    if (!step.done_when.empty()) {
      statement_of(step, "done_when", step.done_when);
    }
  }

  std::vector<std::string> mistakes;

 private:
  void read(Step const& step, RunSql const& run) {
    for (std::string const& statement : run.statements) {
      statement_of(step, "a statement", statement);
    }
  }
  void read(Step const& step, Batch const& batch) {
    if (!batch.where.empty()) {
      expression(step, "where", batch.where);
    }
    if (auto const* set = std::get_if<SetColumns>(&batch.action)) {
      columns(step, set->columns);
    } else if (auto const* copy = std::get_if<CopyRows>(&batch.action)) {
      columns(step, copy->columns);
    }
  }
  void read(Step const& step, Verify const& verify) { expression(step, "differs", verify.differs); }
  void read(Step const& /*step*/, Gate const& /*names alone*/) {}

  void columns(Step const& step, Columns const& columns) {
    for (auto const& [column, value] : columns) {
      expression(step, column.raw(), value);
    }
  }
  void expression(Step const& step, std::string const& what, std::string const& text) {
    refuse_unless_parsed(step, what, text, "SELECT (" + text + "\n)");
  }
  void statement_of(Step const& step, std::string const& what, std::string const& text) {
    if (!known_.contains(text)) {
      refuse_unless_parsed(step, what, text, text);
    }
  }
  void refuse_unless_parsed(Step const& step, std::string const& what, std::string const& text,
                            std::string const& sql) {
    auto const parsed = sql::parse_one(sql);
    if (auto const* bad = std::get_if<sql::Unparsed>(&parsed.body)) {
      mistakes.push_back(fmt::format("step {}, {}: {} in `{}`", step.id, what, bad->message,
                                     text.substr(0, text.find('\n'))));
    }
  }

  std::set<std::string> known_;
  std::set<std::string> ids_;
};

}  // namespace

std::vector<std::string> unreadable(Plan const& plan, std::vector<std::string> const& known) {
  Reading reading(known);
  for (auto const* steps : {&plan.expand, &plan.backfill, &plan.contract}) {
    for (Step const& step : *steps) {
      reading.read(step);
    }
  }
  return reading.mistakes;
}

}  // namespace bellows::plan
