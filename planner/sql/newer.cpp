#include "planner/sql/newer.hpp"

#include <algorithm>
#include <initializer_list>

namespace bellows::sql {

namespace {

[[noreturn]] void refuse() {
  throw SyntaxError("not among the newer forms that are known", Position{});
}

class Translator {
 public:
  explicit Translator(std::string_view text) : text_(text), tokens_(scan(text)) {
    std::erase_if(tokens_, [](Token const& token) { return token.kind == Token::Kind::Comment; });
  }

  InOlderWords result() && {
    find_body();
    begin_part();
    while (at_ < tokens_.size()) {
      step();
    }
    result_.text += text_.substr(copied_);
    bool const any = std::ranges::any_of(result_.parts, &NewerPart::is_newer);
    if (!any) {
      refuse();
    }
    return std::move(result_);
  }

 private:
  std::string_view raw(std::size_t at) const {
    return at < tokens_.size() ? text_.substr(tokens_[at].offset, tokens_[at].length)
                               : std::string_view();
  }

  /// The tokens from `at` on are these words or symbols.
  bool are(std::size_t at, std::initializer_list<std::string_view> words) const {
    return std::ranges::all_of(words, [&](std::string_view word) {
      std::string_view const here = raw(at);
      bool const quoted = at < tokens_.size() && tokens_[at].kind == Token::Kind::Quoted;
      ++at;
      return !quoted && std::ranges::equal(here, word, [](char a, char b) {
        return (a >= 'a' && a <= 'z' ? static_cast<char>(a - 'a' + 'A') : a) == b;
      });
    });
  }

  /// ALTER TABLE's sub-commands begin behind its name, CREATE TABLE's elements in parentheses.
  void find_body() {
    if (are(0, {"ALTER", "TABLE"})) {
      at_ = 2;
      at_ += are(at_, {"IF", "EXISTS"}) ? 2U : 0U;
      at_ += are(at_, {"ONLY"}) ? 1U : 0U;
      ++at_;
      while (are(at_, {"."})) {
        at_ += 2;
      }
      at_ += are(at_, {"*"}) ? 1U : 0U;
      return;
    }
    create_ = true;
    if (!are(0, {"CREATE"})) {
      refuse();
    }
    while (at_ < tokens_.size() && !are(at_, {"("})) {
      ++at_;
    }
    ++at_;
    depth_ = 1;
  }

  void begin_part() {
    NewerPart part;
    if (create_) {
      part.of_table = starts_constraint();
      part.copies = are(at_, {"LIKE"});
    }
    result_.parts.push_back(part);
    std::size_t name = at_;
    if (!create_ && are(name, {"ADD"})) {
      ++name;
    } else if (!create_) {
      take_alter();
      return;
    }
    name += are(name, {"CONSTRAINT"}) ? 2U : 0U;
    if (are(name, {"NOT", "NULL"})) {
      take_not_null(name);
    }
  }

  /// ALTER [COLUMN] name SET EXPRESSION AS (…), ALTER CONSTRAINT name [NO] INHERIT: both in words
  /// that ask for something else, which write_into() puts right.
  void take_alter() {
    if (!are(at_, {"ALTER"})) {
      return;
    }
    bool const constraint = are(at_ + 1, {"CONSTRAINT"});
    std::size_t const behind = at_ + (constraint || are(at_ + 1, {"COLUMN"}) ? 3U : 2U);
    if (!constraint && are(behind, {"SET", "EXPRESSION", "AS"})) {
      result_.parts.back().set_expression = true;
      replace(behind, 3, "SET DEFAULT");
      at_ = behind + 3;
    } else if (constraint && are(behind, {"NO", "INHERIT"})) {
      result_.parts.back().inheritance = "NO INHERIT";
      replace(behind, 2, "");
      at_ = behind + 2;
    } else if (constraint && are(behind, {"INHERIT"})) {
      result_.parts.back().inheritance = "INHERIT";
      replace(behind, 1, "");
      at_ = behind + 1;
    }
  }

  bool starts_constraint() const {
    constexpr std::string_view first_words[] = {"CONSTRAINT", "CHECK", "UNIQUE",
                                                "PRIMARY",    "NOT",   "FOREIGN"};
    bool const exclude = are(at_, {"EXCLUDE", "("}) || are(at_, {"EXCLUDE", "USING"});
    return exclude || std::ranges::any_of(first_words,
                                          [&](std::string_view word) { return are(at_, {word}); });
  }

  /// NOT NULL column: a CHECK says the same, and takes the same words behind it.
  void take_not_null(std::size_t at) {
    bool const named = at + 2 < tokens_.size() && tokens_[at + 2].kind != Token::Kind::Symbol;
    if (!named) {
      refuse();
    }
    std::string const column(raw(at + 2));
    result_.parts.back().not_null = parse_qualified_name(column).name;
    replace(at, 3, "CHECK (" + column + " IS NOT NULL)");
    at_ = at + 3;
  }

  void step() {
    if (are(at_, {"GENERATED", "ALWAYS", "AS", "("})) {
      take_generated();
    } else if (are(at_, {"NOT", "ENFORCED"})) {
      result_.parts.back().not_enforced = true;
      replace(at_, 2, "");
      at_ += 2;
    } else if (depth_ == (create_ ? 1 : 0) && are(at_, {"ENFORCED"})) {
      result_.parts.back().enforced = true;
      replace(at_, 1, "");
      ++at_;
    } else if (depth_ == (create_ ? 1 : 0) && are(at_, {","})) {
      ++at_;
      begin_part();
    } else {
      depth_ += nesting(at_);
      ++at_;
      if (create_ && depth_ == 0) {  // WITH (…), PARTITION BY …: nothing of ours
        at_ = tokens_.size();
      }
    }
  }

  int nesting(std::size_t at) const {
    if (are(at, {"("}) || are(at, {"["})) {
      return 1;
    }
    return are(at, {")"}) || are(at, {"]"}) ? -1 : 0;
  }

  /// Without a word behind its expression, a generated column is VIRTUAL.
  void take_generated() {
    at_ += 3;
    int depth = 0;
    do {
      depth += nesting(at_);
      ++at_;
    } while (at_ < tokens_.size() && depth > 0);
    if (are(at_, {"STORED"})) {
      return;
    }
    result_.parts.back().virtual_column = true;
    bool const said = are(at_, {"VIRTUAL"});
    replace(at_, said ? 1U : 0U, " STORED");
    at_ += said ? 1U : 0U;
  }

  /// Tokens at `from` and on, `count` of them, become `words`; none: put in behind the one before.
  void replace(std::size_t from, std::size_t count, std::string const& words) {
    Token const& before = tokens_[from - 1];
    std::size_t const start = count == 0 ? before.offset + before.length : tokens_[from].offset;
    result_.text += text_.substr(copied_, start - copied_);
    result_.text += words;
    copied_ = start;
    if (count != 0) {
      Token const& last = tokens_[from + count - 1];
      copied_ = last.offset + last.length;
    }
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::size_t copied_ = 0;  // bytes of the text that are in the result, or replaced there
  int depth_ = 0;
  bool create_ = false;
  InOlderWords result_;
};

using Constraints = std::vector<ConstraintDefinition*>;

/// The one that a part's words are about; where it could be another one, nothing is guessed.
template <typename Wanted>
ConstraintDefinition& only(Constraints const& constraints, Wanted wanted) {
  ConstraintDefinition* found = nullptr;
  for (ConstraintDefinition* constraint : constraints) {
    if (!wanted(*constraint)) {
      continue;
    }
    if (found != nullptr) {
      refuse();
    }
    found = constraint;
  }
  if (found == nullptr) {
    refuse();
  }
  return *found;
}

bool is_generated(ConstraintDefinition const& constraint) {
  return constraint.form == ConstraintForm::Generated;
}

bool can_be_unenforced(ConstraintDefinition const& constraint) {
  return constraint.form == ConstraintForm::Check || constraint.form == ConstraintForm::ForeignKey;
}

void make_not_null(ConstraintDefinition& constraint, Identifier const& column) {
  constraint.form = ConstraintForm::NotNull;
  constraint.expression.clear();
  constraint.columns = {column};
  constraint.text = "NOT NULL " + column.quoted() + (constraint.no_inherit ? " NO INHERIT" : "") +
                    (constraint.not_valid ? " NOT VALID" : "");
}

void write_into(Constraints const& constraints, NewerPart const& part) {
  if (part.virtual_column) {
    ConstraintDefinition& generated = only(constraints, is_generated);
    generated.virtual_column = true;
    generated.text = "GENERATED ALWAYS AS (" + generated.expression + ") VIRTUAL";
  }
  if (part.enforced || part.not_enforced) {
    ConstraintDefinition& constraint = only(constraints, can_be_unenforced);
    if (part.not_enforced) {
      constraint.not_enforced = constraint.not_valid = true;
      constraint.text += " NOT ENFORCED";
    }
  }
  if (!part.not_null.empty()) {
    make_not_null(only(constraints, can_be_unenforced), part.not_null);
  }
}

Constraints pointers(std::vector<ConstraintDefinition>& constraints) {
  Constraints all;
  for (ConstraintDefinition& constraint : constraints) {
    all.push_back(&constraint);
  }
  return all;
}

void write_into(AlterTableCommand& command, NewerPart const& part) {
  if (command.action == AlterAction::AddColumn) {
    write_into(pointers(command.column.constraints), part);
    command.kind += part.virtual_column ? " VIRTUAL" : "";
  } else if (command.action == AlterAction::AddConstraint) {
    write_into({&command.constraint}, part);
    if (part.not_enforced) {
      command.kind += " NOT ENFORCED";
    }
    if (!part.not_null.empty()) {
      command.kind = command.constraint.not_valid ? "ADD NOT NULL NOT VALID" : "ADD NOT NULL";
    }
  } else if (command.kind == "ALTER CONSTRAINT") {
    command.kind += part.not_enforced ? " NOT ENFORCED"
                    : part.enforced   ? " ENFORCED"
                                      : " " + part.inheritance;
  } else if (part.set_expression && command.action == AlterAction::SetDefault) {
    command.action = AlterAction::SetExpression;
    command.kind = "SET EXPRESSION";
  } else {
    refuse();
  }
}

void write_into(Statement& statement, AlterTable& alter, std::vector<NewerPart> const& parts) {
  if (alter.commands.size() != parts.size()) {
    refuse();
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].is_newer()) {
      write_into(alter.commands[i], parts[i]);
    }
  }
  statement.kind = "ALTER TABLE" + (parts.size() == 1 ? " " + alter.commands[0].kind : "");
}

void write_into(CreateTable& create, std::vector<NewerPart> const& parts) {
  std::size_t columns = 0;
  std::size_t constraints = 0;
  for (NewerPart const& part : parts) {
    if (part.copies) {
      continue;
    }
    std::size_t const at = part.of_table ? constraints++ : columns++;
    if (at >= (part.of_table ? create.constraints.size() : create.columns.size())) {
      refuse();
    }
    if (part.is_newer() && part.of_table) {
      write_into({&create.constraints[at]}, part);
    } else if (part.is_newer()) {
      write_into(pointers(create.columns[at].constraints), part);
    }
  }
}

}  // namespace

InOlderWords in_older_words(std::string_view statement) {
  return Translator(statement).result();
}

void apply_newer(Statement& statement, std::vector<NewerPart> const& parts) {
  if (auto* alter = std::get_if<AlterTable>(&statement.body)) {
    write_into(statement, *alter, parts);
  } else if (auto* create = std::get_if<CreateTable>(&statement.body)) {
    write_into(*create, parts);
  } else {
    refuse();
  }
}

}  // namespace bellows::sql
