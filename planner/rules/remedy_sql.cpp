#include "planner/rules/remedy_sql.hpp"

#include "planner/sql/expression.hpp"
#include "planner/sql/script.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::rules::remedy {

namespace {

using signs::Sign;
using sql::Token;

/// Longer ones are read better where they stand.
constexpr std::size_t longest = 160;

/// The statement's tokens on one line, without comments. `change` may alter or empty a word, given
/// its place and all of them.
template <typename Change>
std::string on_one_line(std::string const& text, Change change) {
  std::vector<Token> tokens = sql::scan_script(text);
  std::erase_if(tokens, [](Token const& one) { return one.kind == Token::Kind::Comment; });
  std::string line;
  std::size_t end = 0;
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    std::string const word = change(tokens, at);
    bool const apart = at > 0 && tokens[at].offset > end;
    end = tokens[at].offset + tokens[at].length;
    line += (apart && !word.empty() ? " " : "") + word;
  }
  return line.size() <= longest ? line : "";
}

std::string upper(std::string_view word) {
  std::string result(word);
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return result;
}

bool is_word(std::string const& text, Token const& token, std::string_view wanted) {
  return token.kind == Token::Kind::Word &&
         upper(std::string_view(text).substr(token.offset, token.length)) == wanted;
}

sql::Identifier const& constraint_name(Sign const& sign) {
  return sign.facts.command->constraint.name;
}

/// As it stands, on one line; empty where that is too long.
std::string own_text(Sign const& sign) {
  std::string const& text = sign.question.statement.raw.text;
  return on_one_line(text, [&](std::vector<Token> const& tokens, std::size_t at) {
    return text.substr(tokens[at].offset, tokens[at].length);
  });
}

/// With a word behind the first one of `behind`.
std::string with_word(Sign const& sign, std::string_view word,
                      std::initializer_list<std::string_view> behind) {
  std::string const& text = sign.question.statement.raw.text;
  bool done = false;
  return on_one_line(text, [&](std::vector<Token> const& tokens, std::size_t at) {
    std::string own = text.substr(tokens[at].offset, tokens[at].length);
    bool const here = !done && std::ranges::any_of(behind, [&](std::string_view one) {
      return is_word(text, tokens[at], one);
    });
    done = done || here;
    return here ? fmt::format("{} {}", own, word) : own;
  });
}

std::string names_of(std::vector<sql::Identifier> const& columns) {
  std::vector<std::string> names;
  for (sql::Identifier const& column : columns) {
    names.push_back(column.quoted());
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

/// The name that PostgreSQL would make up, as far as it is free.
std::string made_up(Sign const& sign, std::vector<sql::Identifier> const& columns,
                    std::string_view ending) {
  std::string name = sign.facts.target().name.raw();
  for (sql::Identifier const& column : columns) {
    name += "_" + column.raw();
  }
  return sql::bounded_name(fmt::format("{}_{}", name, ending)).quoted();
}

std::string not_null_steps(Sign const& sign, sql::Identifier const& column) {
  std::string const table = sign.facts.target().display();
  std::string const check = made_up(sign, {column}, "not_null");
  return fmt::format(
      "ALTER TABLE {0} ADD CONSTRAINT {1} CHECK ({2} IS NOT NULL) NOT VALID; then, in a migration "
      "of its own, ALTER TABLE {0} VALIDATE CONSTRAINT {1}; then ALTER TABLE {0} ALTER COLUMN {2} "
      "SET NOT NULL, which needs no scan then; and ALTER TABLE {0} DROP CONSTRAINT {1}",
      table, check, column.quoted());
}

sql::ConstraintDefinition const* part_of_column(Sign const& sign, sql::ConstraintForm form) {
  if (sign.facts.command == nullptr) {
    return nullptr;
  }
  auto const& parts = sign.facts.command->column.constraints;
  auto const found = std::ranges::find(parts, form, &sql::ConstraintDefinition::form);
  return found == parts.end() ? nullptr : &*found;
}

std::string plain_column(Sign const& sign, std::string_view type) {
  return fmt::format("ALTER TABLE {} ADD COLUMN {} {}", sign.facts.target().display(),
                     sign.facts.command->column.name.quoted(), type);
}

/// Of an index by which the key is made in the same way; empty where it has more to it.
std::string key_index(sql::ConstraintDefinition const& key) {
  std::string const columns = names_of(key.columns);
  std::string const include =
      key.include.empty() ? "" : fmt::format(" INCLUDE ({})", names_of(key.include));
  std::string_view const word =
      key.form == sql::ConstraintForm::PrimaryKey ? "PRIMARY KEY" : "UNIQUE";
  bool const plain = key.text == fmt::format("{} ({}){}", word, columns, include);
  return plain && !key.columns.empty() ? fmt::format("({}){}", columns, include) : "";
}

}  // namespace

std::string concurrent_form(Sign const& sign) {
  auto const* drop = sign.facts.body<sql::Drop>();
  if (drop != nullptr) {
    std::vector<std::string> each;
    for (sql::QualifiedName const& name : drop->names) {
      each.push_back(fmt::format("DROP INDEX CONCURRENTLY {}{}",
                                 drop->if_exists ? "IF EXISTS " : "", name.display()));
    }
    return fmt::format("{}", fmt::join(each, "; "));
  }
  bool const detaches = sign.facts.alter != nullptr;
  std::string line =
      detaches ? own_text(sign)
               : with_word(sign, "CONCURRENTLY", {"VIEW", "INDEX", "TABLE", "SCHEMA", "DATABASE"});
  bool const alone = !detaches || sign.facts.alter->commands.size() == 1;
  if (line.empty() || !alone) {
    return detaches ? "DETACH PARTITION … CONCURRENTLY"
                    : sign.question.statement.kind + " CONCURRENTLY";
  }
  return detaches ? line + " CONCURRENTLY" : line;
}

std::string not_valid_form(Sign const& sign) {
  std::string const line = own_text(sign);
  return line.empty() ? "ADD CONSTRAINT … NOT VALID" : line + " NOT VALID";
}

std::string plain_vacuum(Sign const& sign) {
  return sign.facts.targets.empty() ? "VACUUM" : "VACUUM " + sign.facts.target().display();
}

std::string key_by_index(Sign const& sign) {
  sql::ConstraintDefinition const& key = sign.facts.command->constraint;
  std::string const index = key_index(key);
  if (index.empty()) {
    return "CREATE UNIQUE INDEX CONCURRENTLY in a migration of its own, then ADD CONSTRAINT … "
           "USING INDEX";
  }
  bool const primary = key.form == sql::ConstraintForm::PrimaryKey;
  std::string const name = !key.name.empty() ? key.name.quoted()
                           : primary         ? made_up(sign, {}, "pkey")
                                             : made_up(sign, key.columns, "key");
  std::string const table = sign.facts.target().display();
  return fmt::format(
      "CREATE UNIQUE INDEX CONCURRENTLY {0} ON {1} {2}, in a migration of its own; then ALTER "
      "TABLE {1} ADD CONSTRAINT {0} {3} USING INDEX {0}",
      name, table, index, primary ? "PRIMARY KEY" : "UNIQUE");
}

std::string not_null_by_check(Sign const& sign) {
  return not_null_steps(sign, sign.facts.command->name);
}

std::string key_columns_not_null(Sign const& sign) {
  catalog::Table const* table = sign.facts.table();
  std::vector<std::string> steps;
  for (sql::Identifier const& name : sign.facts.command->constraint.columns) {
    catalog::Column const* column = table == nullptr ? nullptr : table->column(name);
    if (column == nullptr || !column->not_null) {
      steps.push_back(not_null_steps(sign, name));
    }
  }
  return steps.empty() ? "NOT NULL for each of its columns, without a scan under the lock "
                         "(`bellows explain set-not-null`)"
                       : fmt::format("{}", fmt::join(steps, "; likewise "));
}

std::string default_afterwards(Sign const& sign) {
  auto const* value = part_of_column(sign, sql::ConstraintForm::Default);
  if (value == nullptr) {
    return "Add the column without what computes it; then fill it by an UPDATE";
  }
  std::string const table = sign.facts.target().display();
  std::string const column = sign.facts.command->column.name.quoted();
  return fmt::format(
      "{0}; ALTER TABLE {1} ALTER COLUMN {2} SET DEFAULT {3}; then, in a migration of its own, "
      "UPDATE {1} SET {2} = {3} WHERE {2} IS NULL",
      plain_column(sign, sign.facts.command->column.type.text), table, column, value->expression);
}

std::string required_afterwards(Sign const& sign) {
  std::string const table = sign.facts.target().display();
  sql::Identifier const& column = sign.facts.command->column.name;
  return fmt::format(
      "{0}; ALTER TABLE {1} ALTER COLUMN {2} SET DEFAULT VALUE, which is instant and fills new "
      "rows (or, for a value of the row's own, a BEFORE INSERT trigger that sets NEW.{2} where it "
      "is NULL; either stays until every running release writes {2}); then, in a migration of its "
      "own, UPDATE {1} SET {2} = VALUE WHERE {2} IS NULL, which `bellows plan` carries in batches; "
      "and only then, each in a migration of its own, {3}",
      plain_column(sign, sign.facts.command->column.type.text), table, column.quoted(),
      not_null_steps(sign, column));
}

std::string numbered_afterwards(Sign const& sign) {
  std::string const table = sign.facts.target().display();
  sql::Identifier const& name = sign.facts.command->column.name;
  std::string const sequence =
      sql::QualifiedName{
          sign.facts.target().schema,
          sql::bounded_name(fmt::format("{}_{}_seq", sign.facts.target().name.raw(), name.raw()))}
          .display();
  return fmt::format(
      "{0}; CREATE SEQUENCE {1} OWNED BY {2}.{3}; ALTER TABLE {2} ALTER COLUMN {3} SET DEFAULT "
      "nextval({4}); then, in a migration of its own, UPDATE {2} SET {3} = nextval({4}) WHERE {3} "
      "IS NULL",
      plain_column(sign, sign.facts.command->column.type.text), sequence, table, name.quoted(),
      sql::quote_literal(sequence));
}

std::string computed_afterwards(Sign const& sign) {
  auto const* generated = part_of_column(sign, sql::ConstraintForm::Generated);
  if (generated == nullptr) {
    return "Add an ordinary column, keep it in step with a trigger, and fill it by an UPDATE";
  }
  std::string const column = sign.facts.command->column.name.quoted();
  return fmt::format(
      "{0}, with a BEFORE INSERT OR UPDATE trigger that sets NEW.{1}; then, in a migration of its "
      "own, UPDATE {2} SET {1} = {3} WHERE {1} IS DISTINCT FROM ({3})",
      plain_column(sign, sign.facts.command->column.type.text), column,
      sign.facts.target().display(), generated->expression);
}

/// Over the row that a trigger has at hand; where that is too much to read, as it stands.
std::string over_new_row(std::string const& expression) {
  try {
    return sql::Expression::parse(expression).with_columns([](sql::Identifier const& column) {
      return "NEW." + column.quoted();
    });
  } catch (sql::SyntaxError const&) {
    return expression;
  }
}

std::string retyped_beside(Sign const& sign) {
  sql::QualifiedName const& table = sign.facts.target();
  sql::Identifier const& old = sign.facts.command->name;
  std::string const& type = sign.facts.command->type.text;
  std::string const added = sql::bounded_name(old.raw() + "_new").quoted();
  std::string const kept = sql::bounded_name(old.raw() + "_old").quoted();
  sql::Identifier const trigger =
      sql::bounded_name(fmt::format("{}_{}_new", table.name.raw(), old.raw()));
  std::string const function = sql::QualifiedName{table.schema, trigger}.display();
  std::string const value = sign.facts.command->using_text.empty()
                                ? fmt::format("CAST({} AS {})", old.quoted(), type)
                                : sign.facts.command->using_text;
  return fmt::format(
      "ALTER TABLE {table} ADD COLUMN {added} {type}; CREATE FUNCTION {function}() RETURNS trigger "
      "LANGUAGE plpgsql AS $$ BEGIN NEW.{added} := {of_new}; RETURN NEW; END $$; CREATE TRIGGER "
      "{trigger} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {function}(); "
      "then, in a migration of its own, UPDATE {table} SET {added} = {value} WHERE {added} IS "
      "DISTINCT FROM ({value}), which `bellows plan` carries in batches; the indexes, constraints "
      "and the default that {old} has, for {added} too; then the swap, one migration with "
      "`-- bellows: allow-unsplit rename-column because {added} is in step` above each rename: "
      "DROP TRIGGER {trigger} ON {table}; ALTER TABLE {table} RENAME COLUMN {old} TO {kept}; ALTER "
      "TABLE {table} RENAME COLUMN {added} TO {old}",
      fmt::arg("table", table.display()), fmt::arg("added", added), fmt::arg("type", type),
      fmt::arg("function", function), fmt::arg("of_new", over_new_row(value)),
      fmt::arg("trigger", trigger.quoted()), fmt::arg("value", value),
      fmt::arg("old", old.quoted()), fmt::arg("kept", kept));
}

std::string view_of_old_name(Sign const& sign) {
  auto const* rename = sign.facts.body<sql::RenameObject>();
  if (rename == nullptr) {
    return "CREATE VIEW of the old name";
  }
  sql::QualifiedName const& old = sign.facts.target();
  sql::QualifiedName const renamed = rename->to.empty()
                                         ? sql::QualifiedName{rename->to_schema, old.name}
                                         : sql::QualifiedName{old.schema, rename->to};
  return fmt::format("CREATE VIEW {} AS SELECT * FROM {}", sign.facts.target().display(),
                     renamed.display());
}

std::string built_concurrently(Sign const& sign) {
  auto const& index = std::get<sql::CreateIndex>(sign.question.statement.body);
  std::string const& text = sign.question.statement.raw.text;
  bool done = false;
  std::string line = on_one_line(text, [&](std::vector<Token> const& tokens, std::size_t at) {
    std::string word = text.substr(tokens[at].offset, tokens[at].length);
    bool const first_words = at < 7;
    for (std::string_view const left_out : {"IF", "NOT", "EXISTS"}) {
      word = first_words && is_word(text, tokens[at], left_out) ? "" : word;
    }
    if (!done && is_word(text, tokens[at], "INDEX")) {
      done = true;
      word += " CONCURRENTLY";
    }
    return word;
  });
  return line.empty() ? fmt::format("CREATE {}INDEX CONCURRENTLY", index.unique ? "UNIQUE " : "")
                      : line;
}

std::string added_not_valid(Sign const& sign) {
  bool const alone = sign.facts.alter != nullptr && sign.facts.alter->commands.size() == 1 &&
                     sign.facts.command->action == sql::AlterAction::AddConstraint;
  std::string const line = alone ? own_text(sign) : "";
  return line.empty() ? "Add the constraint NOT VALID" : line + " NOT VALID";
}

std::string validated(Sign const& sign) {
  bool const named = sign.facts.command != nullptr && !constraint_name(sign).empty();
  return named ? fmt::format("ALTER TABLE {} VALIDATE CONSTRAINT {}", sign.facts.target().display(),
                             constraint_name(sign).quoted())
               : "VALIDATE it";
}

}  // namespace bellows::rules::remedy
