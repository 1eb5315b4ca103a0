#include "planner/sql/directive.hpp"

#include "planner/sql/near_directive.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

namespace bellows::sql {

namespace {

constexpr std::string_view space = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  std::size_t const first = text.find_first_not_of(space);
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

/// The first word, taken off `rest`.
std::string_view take_word(std::string_view& rest) {
  std::size_t const end = std::min(rest.find_first_of(space), rest.size());
  std::string_view const word = rest.substr(0, end);
  rest = trimmed(rest.substr(end));
  return word;
}

Identifier read_identifier(std::string_view text) {
  QualifiedName const name = parse_qualified_name(trimmed(text));
  if (!name.schema.empty()) {
    throw std::invalid_argument("a column's name has no dot");
  }
  return name.name;
}

/// Bytes before the first `wanted` that is not inside double quotes.
std::size_t find_outside_quotes(std::string_view text, char wanted) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      quoted = !quoted;
    }
    if (text[i] == wanted && !quoted) {
      return i;
    }
  }
  return std::string_view::npos;
}

template <typename Assigned>
Directive read_assigned(std::string_view rest) {
  std::size_t const equals = find_outside_quotes(rest, '=');
  if (equals == std::string_view::npos) {
    throw std::invalid_argument("the = is missing");
  }
  return Assigned{read_identifier(rest.substr(0, equals)),
                  Expression::parse(rest.substr(equals + 1))};
}

Directive read_key(std::string_view rest) {
  KeyChoice key;
  for (std::size_t comma = 0; comma != std::string_view::npos;) {
    comma = find_outside_quotes(rest, ',');
    key.columns.push_back(read_identifier(rest.substr(0, comma)));
    if (comma != std::string_view::npos) {
      rest.remove_prefix(comma + 1);
    }
  }
  return key;
}

Directive read_batch(std::string_view rest) {
  BatchSize batch;
  auto const [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), batch.rows);
  if (error != std::errc{} || end != rest.data() + rest.size() || batch.rows < 1) {
    throw std::invalid_argument("not a number of rows");
  }
  return batch;
}

Directive read_allow(std::string_view rest) {
  Allow allow;
  allow.rule = std::string(take_word(rest));
  std::string_view const because = take_word(rest);
  if (allow.rule.empty() || because != "because" || rest.empty()) {
    throw std::invalid_argument("a reason is required");
  }
  allow.reason = std::string(rest);
  return allow;
}

/// To give up a rule's split is to allow another thing than what the rule finds.
Directive read_allow_unsplit(std::string_view rest) {
  Directive allow = read_allow(rest);
  std::string& rule = std::get<Allow>(allow).rule;
  rule = "unsplit " + rule;
  return allow;
}

Directive read_subscriber(std::string_view rest) {
  if (rest != "ready" && rest != "none") {
    throw std::invalid_argument("neither ready nor none");
  }
  return Subscriber{rest == "ready"};
}

Directive read_no(std::string_view rest) {
  if (rest != "trial") {
    throw std::invalid_argument("not a thing to leave out");
  }
  return NoTrial{};
}

struct DirectiveForm {
  std::string_view word;
  Directive (*read)(std::string_view rest);
  std::string_view expected;
};

constexpr DirectiveForm directive_forms[] = {
    {"using", read_assigned<Using>, "using COLUMN = EXPRESSION"},
    {"reverse", read_assigned<Reverse>, "reverse COLUMN = EXPRESSION"},
    {"backfill", read_assigned<Backfill>, "backfill COLUMN = EXPRESSION"},
    {"key", read_key, "key COLUMN, …"},
    {"batch", read_batch, "batch ROWS"},
    {"allow", read_allow, "allow RULE because REASON"},
    {"allow-unsplit", read_allow_unsplit, "allow-unsplit RULE because REASON"},
    {"subscriber", read_subscriber, "subscriber ready, or subscriber none"},
    {"no", read_no, "no trial"},
};

std::string mistake(std::string_view text, std::string_view what, std::string_view expected) {
  return "`bellows: " + std::string(text) + "`: " + std::string(what) + "; expected " +
         std::string(expected);
}

/// Up and down are the section markers, which the migration's reader has already understood.
bool is_section(std::string_view text) {
  return text == "up" || text == "down";
}

void read(std::string_view text, Directives& into) {
  std::string_view rest = text;
  std::string_view const word = take_word(rest);
  for (DirectiveForm const& form : directive_forms) {
    if (form.word != word) {
      continue;
    }
    try {
      into.all.push_back(form.read(rest));
    } catch (std::exception const& error) {
      into.mistakes.push_back(mistake(text, error.what(), form.expected));
    }
    return;
  }
  into.mistakes.push_back(
      mistake(text, "not a directive",
              "one of using, reverse, key, batch, allow, allow-unsplit, subscriber, no "
              "trial"));
}

/// One that was meant and is passed over as a comment would change nothing, unsaid.
void read_nearly(std::string_view comment, Directives& into) {
  static auto const words = [] {
    std::array<std::string_view, std::size(directive_forms)> all;
    std::ranges::transform(directive_forms, all.begin(), &DirectiveForm::word);
    return all;
  }();
  std::string_view const meant = directive_meant_by(comment, words);
  if (meant.empty()) {
    return;
  }
  DirectiveForm const& form = *std::ranges::find(directive_forms, meant, &DirectiveForm::word);
  std::string_view const line = trimmed(comment.substr(0, trimmed(comment).find('\n')));
  into.mistakes.push_back("`" + std::string(line) +
                          "`: only nearly a directive, and would do nothing; expected `-- "
                          "bellows: " +
                          std::string(form.expected) + "`");
}

template <typename T>
void require_one(Directives& directives, std::string_view word) {
  int count = 0;
  for (Directive const& directive : directives.all) {
    count += std::holds_alternative<T>(directive);
  }
  if (count > 1) {
    directives.mistakes.push_back("`bellows: " + std::string(word) +
                                  "` is given more than once; expected at most one");
  }
}

}  // namespace

Directives directives(std::vector<std::string> const& comments) {
  constexpr std::string_view prefix = "bellows:";
  Directives result;
  for (std::string const& comment : comments) {
    std::string_view text = trimmed(comment);
    if (text.starts_with("--")) {
      text = trimmed(text.substr(2));
    }
    if (!text.starts_with(prefix)) {
      read_nearly(comment, result);
      continue;
    }
    text = trimmed(text.substr(prefix.size()));
    if (!is_section(text)) {
      read(text, result);
    }
  }
  require_one<KeyChoice>(result, "key");
  require_one<BatchSize>(result, "batch");
  require_one<Subscriber>(result, "subscriber");
  return result;
}

}  // namespace bellows::sql
