#include "runner/cli/remarks.hpp"

#include "runner/rollout/order_told.hpp"
#include "runner/rollout/other_history.hpp"
#include "runner/rollout/same_digits.hpp"

namespace bellows::runner {

void tell_other_history(postgres::Session& session, Console& console) {
  if (std::string const words = other_history(session); !words.empty()) {
    console.say(words);
  }
}

void tell_order(Project const& project, std::vector<std::string> const& asked, Console& console) {
  std::vector<std::string> names;
  for (Project::Entry const& entry : project.entries()) {
    names.push_back(entry.name);
  }
  if (std::string const words = same_digits(names, asked); !words.empty()) {
    console.say(words);
  }
  for (std::string const& words : order_told(names, asked)) {
    console.say(words);
  }
}

std::vector<std::string> not_begun(Project const& project, LedgerRows const& rows) {
  std::vector<std::string> names;
  for (Project::Entry const& entry : project.entries()) {
    if (!rows.contains(entry.name)) {
      names.push_back(entry.name);
    }
  }
  return names;
}

}  // namespace bellows::runner
