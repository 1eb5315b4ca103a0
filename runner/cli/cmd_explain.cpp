#include "planner/rules/page.hpp"
#include "runner/cli/command.hpp"
#include "runner/cli/report_explain.hpp"

/// explain: the page of a rule, or the list of them. No files, no database.
namespace bellows::runner {

int run_explain(Invocation& invocation) {
  std::vector<std::string> const& operands = invocation.options.operands();
  if (operands.empty()) {
    invocation.console.answer(explain_list());
    return exit_done;
  }
  std::string text;
  for (std::string const& id : operands) {
    rules::Page const* const page = rules::page(id);
    if (page == nullptr) {
      std::vector<std::string> known;
      for (rules::Page const& each : rules::pages()) {
        known.emplace_back(each.id);
      }
      auto const meant = nearest(id, known);
      throw UsageError("there is no rule " + id +
                       (meant ? "; did you mean `bellows explain " + *meant + "`?"
                              : "; `bellows explain` lists them"));
    }
    text += (text.empty() ? "" : "\n") + explain_text(*page);
  }
  invocation.console.answer(text);
  return exit_done;
}

}  // namespace bellows::runner
