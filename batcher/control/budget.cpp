#include "batcher/control/budget.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::batcher {
namespace {

constexpr double burst = 1;  // seconds

}  // namespace

Grant grant(double rate, double balance, double seconds, double want, int askers) {
  double const filled =
      std::min(std::max(balance, 0.0) + rate * std::max(seconds, 0.0), rate * burst);
  double const granted = std::clamp(want, 0.0, filled / std::max(askers, 1));
  return {granted, filled - granted};
}

double draw_budget(postgres::Session& session, std::string const& budget, std::string const& job,
                   double rate, double want) {
  postgres::Transaction transaction = session.begin();
  transaction.run(
      "SELECT set_config('lock_timeout', '1000', true), set_config('synchronous_commit', 'off',"
      " true)");
  transaction.run(
      "INSERT INTO bellows.budget_users VALUES ($1, $2) ON CONFLICT (budget, job)"
      " DO UPDATE SET asked_at = clock_timestamp()",
      {budget, job});
  transaction.run("INSERT INTO bellows.budgets (budget) VALUES ($1) ON CONFLICT DO NOTHING",
                  {budget});
  postgres::Rows const rows = transaction.run(
      "SELECT balance, extract(epoch FROM clock_timestamp() - filled_at) FROM bellows.budgets"
      " WHERE budget = $1 FOR UPDATE",
      {budget});
  postgres::Rows const askers = transaction.run(
      "SELECT count(*) FROM bellows.budget_users WHERE budget = $1"
      " AND (job = $2 OR asked_at > clock_timestamp() - interval '3 s')",
      {budget, job});
  Grant const drawn = grant(rate, std::stod(rows.text(0, 0)), std::stod(rows.text(0, 1)), want,
                            static_cast<int>(askers.number(0, 0)));
  transaction.run(
      "UPDATE bellows.budgets SET balance = $2::float8, filled_at = clock_timestamp()"
      " WHERE budget = $1",
      {budget, fmt::format("{}", drawn.balance)});
  transaction.commit();
  return drawn.granted;
}

}  // namespace bellows::batcher
