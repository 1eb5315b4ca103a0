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
Verdicts count_verdicts(std::vector<CheckedFile> const& files);

/// For people, file by file: whoever checks many reads the first while the next are judged. ANSI
/// colours only with `colour`; control characters of the input are never passed on to a terminal.
/// Lines end at `width` characters, but for the input's own.
class CheckText {
 public:
  CheckText(bool colour, std::size_t width);
  CheckText(CheckText const&) = delete;
  CheckText& operator=(CheckText const&) = delete;
  ~CheckText();

  std::string add(CheckedFile const& file);
  /// Of all that were added; the last of it.
  std::string summary(std::vector<JudgedBy> const& judged_by = {});

 private:
  class Written;
  std::unique_ptr<Written> written_;
};
std::string check_text(std::vector<CheckedFile> const& files, bool colour,
                       std::size_t width = std::string::npos);

/// One document, schema_version 1; other programs rely on it. Fields may be added, never changed.
/// `server_version` is the major one that was judged for.
std::string check_json(std::vector<CheckedFile> const& files, int server_version,
                       std::vector<JudgedBy> const& judged_by = {});

/// GitHub Actions' workflow commands: one annotation a finding, at its place in the file.
std::string check_github(std::vector<CheckedFile> const& files);

/// SARIF 2.1.0: one run, one result a finding, those that `allow` silences as suppressed ones.
std::string check_sarif(std::vector<CheckedFile> const& files, std::string_view program_version);

/// The severest that is in it: a finding's, or Error for a statement that is unknown; nothing when
/// all is well. The errors of a statement that is planned count no more.
std::optional<rules::Severity> worst(CheckedFile const& file);

}  // namespace bellows::runner
