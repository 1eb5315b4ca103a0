#pragma once

#include "tests/runner/agree/dice.hpp"
#include "tests/runner/agree/names.hpp"

#include <string>
#include <string_view>
#include <vector>

/// Makes statements out of the grammar (grammar.hpp) and a schema's names: most of them plausible,
/// some about what is not there, or is there already. The same dice, the same statements.
namespace bellows::agree {

class Speaker {
 public:
  Speaker(Names const& names, Dice& dice) : names_(names), dice_(dice) {}

  /// One to three statements, without semicolons.
  std::vector<std::string> migration();
  std::string statement() { return say("<statement>"); }
  /// `text` with its <words> and {choices} filled in.
  std::string say(std::string_view text);

 private:
  struct Word;
  static std::vector<Word> const& words();
  void say_into(std::string_view text, std::string& into);
  void choose(std::string_view text, std::string& into);
  void fill(std::string_view word, std::string& into);

  using Tables = std::vector<catalog::Table const*>;
  Tables tables_where(bool (*wanted)(catalog::Table const&)) const;
  std::string take_table(Tables const& from);
  std::string shown(sql::QualifiedName const& name);
  std::string one_of(std::vector<sql::QualifiedName> const& names);
  catalog::Column const* any_column();
  std::string column();
  std::string columns();
  std::string value(std::string const& type);
  std::string predicate();
  std::string expression();
  std::string type_for();
  std::string type_and_default();
  std::string like(catalog::Column const* theirs, std::vector<std::string> const& taken);
  std::string reference();
  std::string reference_column();
  std::string bounds();
  std::string attachable();
  std::string part(std::vector<Part> const& parts, std::string_view between);
  std::vector<Part> parts(std::vector<Part> (*of)(catalog::Table const&)) const;
  std::string changed_view();
  std::string insertion();
  std::string int_column();
  std::string index_of(bool (*wanted)(catalog::Table const&));

  Names const& names_;
  Dice& dice_;
  catalog::Table const* table_ = nullptr;    // nullptr: one that is not there
  catalog::Column const* column_ = nullptr;  // likewise
  std::string type_ = "int";                 // said last
  std::string begun_;                        // the statement so far
};

}  // namespace bellows::agree
