#pragma once

#include "planner/rules/review.hpp"
#include "runner/cli/plan_standing.hpp"
#include "runner/rollout/basis.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What `bellows check` prints. Pure: values in, text out.
namespace bellows::runner {

/// The committed plan of a migration.
struct CommittedPlan {
  std::string path;
  bool current = false;  // it is for just these statements, and for the schema that they find
  /// Of one that is current: what it has otherwise than would be planned; edited by hand, most
  /// often.
  std::vector<std::string> deviates = {};
  std::string unreadable = {};  // the mistake in it, where it can't be read
  NotCurrent standing = {};     // of one that can
};

struct CheckedFile {
  std::string file;  // as the user gave it
  std::string text;  // its bytes, for quoting lines
  std::vector<rules::Reviewed> statements;
  std::optional<CommittedPlan> plan = std::nullopt;
  rules::Conduct conduct{};   // of who runs it
  bool runner_found = false;  // by the file itself; else by --for, or nobody has said
};

/// What runs is a committed plan, and not the statement as it stands: what is unsafe about it is
/// settled. A comment that makes no sense is not.
bool is_planned(CheckedFile const& file, rules::Reviewed const& reviewed);

/// The plan settles what it was made for, which is what the rule that splits has found; of what
/// another rule has (that the statement can only fail, say) it knows nothing.
bool is_settled(CheckedFile const& file, rules::Reviewed const& reviewed,
                rules::Finding const& finding);

/// What files were judged against, and how many of them.
struct JudgedBy {
  Basis basis;
  std::size_t files = 0;
};

struct Verdicts {
  int safe = 0;
  int brief = 0;
  int is_unsafe = 0;
  int unknown = 0;
  int& of(rules::Verdict verdict);
  int all() const { return safe + brief + is_unsafe + unknown; }
};

/// Written file by file: whoever checks many reads the first while the next are judged, and none of
/// them is kept. Each function gives what comes next; begin() is the first, end() the last.
class CheckReport {
 public:
  CheckReport() = default;
  CheckReport(CheckReport const&) = delete;
  CheckReport& operator=(CheckReport const&) = delete;
  virtual ~CheckReport() = default;

  /// `server_version` is the major one that is judged for.
  virtual std::string begin(int server_version) = 0;
  virtual std::string add(CheckedFile const& file) = 0;
  virtual std::string end(std::vector<JudgedBy> const& judged_by) = 0;
};

/// For people. ANSI colours only with `colour`; control characters of the input are never passed on
/// to a terminal. Lines end at `width` characters, but for the input's own.
std::unique_ptr<CheckReport> check_text(bool colour, std::size_t width);

/// One document, schema_version 1; other programs rely on it. Fields may be added, never changed.
std::unique_ptr<CheckReport> check_json();

/// GitHub Actions' workflow commands: one annotation a finding, at its place in the file.
std::unique_ptr<CheckReport> check_github();

/// SARIF 2.1.0: one run, one result a finding, those that `allow` silences as suppressed ones.
std::unique_ptr<CheckReport> check_sarif(std::string_view program_version);

/// The severest that is in it: a finding's, or Error for a statement that is unknown; nothing when
/// all is well. The errors of a statement that is planned count no more.
std::optional<rules::Severity> worst(CheckedFile const& file);

}  // namespace bellows::runner
