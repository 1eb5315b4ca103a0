#include "runner/cli/command.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bellows::runner::help_test {
namespace {

std::vector<std::string> headings_of(std::string const& help) {
  std::vector<std::string> found;
  for (std::size_t at = help.find("\n\n"); at != std::string::npos;
       at = help.find("\n\n", at + 1)) {
    std::string const line = help.substr(at + 2, help.find('\n', at + 2) - at - 2);
    if (line.ends_with(':')) {
      found.push_back(line);
    }
  }
  return found;
}

TEST(Help, OptionsStandUnderWhatTheyAreAbout) {
  EXPECT_EQ(headings_of(help_text("up")),
            (std::vector<std::string>{
                "options:", "what and where:", "locks and gates:", "batches:",
                "limits of your own:", "what it looks at, and waits for:", "what it tells:"}));
  EXPECT_EQ(headings_of(help_text("check")),
            (std::vector<std::string>{"options:", "what and where:", "what it tells:"}));
}

TEST(Help, SaysEachOptionOfACommandOnce) {
  for (Command const& command : commands()) {
    std::string const help = help_text(std::string(command.name));
    for (OptionInfo const& option : option_table()) {
      std::string const letter =
          option.letter != 0 ? std::string{'-', option.letter, ',', ' '} : std::string(4, ' ');
      std::string const spelled = "\n  " + letter + "--" + std::string(option.name) + " ";
      auto const at = help.find(spelled);
      bool const all = option.commands == "*";
      EXPECT_TRUE(!all || at != std::string::npos) << command.name << spelled;
      EXPECT_TRUE(at == std::string::npos || help.find(spelled, at + 1) == std::string::npos)
          << command.name << spelled;
    }
  }
}

}  // namespace
}  // namespace bellows::runner::help_test
