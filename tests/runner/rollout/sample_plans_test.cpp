#include "planner/plan/make_plan.hpp"
#include "planner/plan/yaml.hpp"
#include "runner/cli/write_plan.hpp"
#include "runner/rollout/history.hpp"
#include "tests/support/project.hpp"

#include <gtest/gtest.h>

#include <filesystem>

/// plans/ holds what `bellows plan` writes for migrations/, byte for byte, and nothing for those
/// that need no plan.
namespace bellows::runner::sample_plans_test {
namespace {

TEST(SamplePlans, AreWhatPlanWrites) {
  std::filesystem::current_path(
      test::source_directory());  // labels are relative to where the command is typed
  Project const project = Project::open("migrations", "plans");
  ASSERT_GE(project.entries().size(), 5U);
  History history(catalog::Catalog(), project.entries());
  for (Project::Entry const& entry : project.entries()) {
    auto const made = plan::make_plan(Project::read(entry), history.before(entry.name));
    ASSERT_TRUE(std::holds_alternative<plan::Plan>(made)) << entry.name;
    std::string const text = sealed(plan::to_yaml(std::get<plan::Plan>(made)));
    bool const needed = !std::get<plan::Plan>(made).single_phase();
    EXPECT_EQ(std::filesystem::exists(project.plan_path(entry.name)), needed) << entry.name;
    if (needed) {
      EXPECT_EQ(text, read_file(project.plan_path(entry.name)))
          << "run `bellows plan` in the project's root";
    }
    EXPECT_TRUE(plan::from_yaml(text) == std::get<plan::Plan>(made)) << entry.name;
  }
}

TEST(SamplePlans, EachBelongsToAMigration) {
  std::filesystem::current_path(test::source_directory());
  Project const project = Project::open("migrations", "plans");
  for (auto const& file : std::filesystem::directory_iterator("plans")) {
    if (file.path().extension() != ".yaml") {
      continue;
    }
    EXPECT_NO_THROW(static_cast<void>(project.find(file.path().stem().string()))) << file.path();
  }
}

}  // namespace
}  // namespace bellows::runner::sample_plans_test
