#include "batcher/control/budget.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::batcher {
namespace {

constexpr double burst = 1;  // seconds

std::vector<Asker> other_askers(postgres::Transaction& transaction, std::string const& budget,
                                std::string const& job) {
  postgres::Rows const rows = transaction.run(
      "SELECT extract(epoch FROM clock_timestamp() - asked_at), wanted FROM bellows.budget_users"
      " WHERE budget = $1 AND job <> $2 AND asked_at > clock_timestamp() - interval '3 s'",
      {budget, job});
  std::vector<Asker> others;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    others.push_back({std::stod(rows.text(row, 0)), std::stod(rows.text(row, 1))});
  }
  return others;
}

}  // namespace

Grant grant(double rate, double balance, double seconds, double want,
            std::vector<Asker> const& others) {
  double const part = rate / static_cast<double>(others.size() + 1);
  double reserved = 0;
  for (Asker const& other : others) {
    reserved += std::min(other.wanted, part * std::clamp(other.seconds, 0.0, burst));
  }
  double const filled =
      std::min(std::max(balance, 0.0) + rate * std::max(seconds, 0.0), rate * burst);
  double const granted = std::clamp(want, 0.0, std::max(filled - reserved, 0.0));
  return {granted, filled - granted};
}

double draw_budget(postgres::Session& session, std::string const& budget, std::string const& job,
                   double rate, double want) {
  postgres::Transaction transaction = session.begin();
  transaction.run(
      "SELECT set_config('lock_timeout', '1000', true), set_config('synchronous_commit', 'off',"
      " true)");
  transaction.run(
      "INSERT INTO bellows.budget_users (budget, job, wanted) VALUES ($1, $2, $3::float8)"
      " ON CONFLICT (budget, job)"
      " DO UPDATE SET asked_at = clock_timestamp(), wanted = excluded.wanted",
      {budget, job, fmt::format("{}", want)});
  transaction.run("INSERT INTO bellows.budgets (budget) VALUES ($1) ON CONFLICT DO NOTHING",
                  {budget});
  postgres::Rows const rows = transaction.run(
      "SELECT balance, extract(epoch FROM clock_timestamp() - filled_at) FROM bellows.budgets"
      " WHERE budget = $1 FOR UPDATE",
      {budget});
  Grant const drawn = grant(rate, std::stod(rows.text(0, 0)), std::stod(rows.text(0, 1)), want,
                            other_askers(transaction, budget, job));
  transaction.run(
      "UPDATE bellows.budgets SET balance = $2::float8, filled_at = clock_timestamp()"
      " WHERE budget = $1",
      {budget, fmt::format("{}", drawn.balance)});
  transaction.commit();
  return drawn.granted;
}

}  // namespace bellows::batcher
