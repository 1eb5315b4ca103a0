#pragma once

#include "planner/sql/identifier.hpp"
#include "planner/sql/routine.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bellows::catalog {

/// A function or procedure of the user's.
struct Function {
  std::vector<std::string> arguments;  // types of those that it takes, as Column::type
  /// Names of the same, empty where one has none; no list where none has, or it is not told.
  std::vector<std::string> names;
  std::string returns;   // likewise: "trigger"; empty: nothing, a procedure
  std::string language;  // "plpgsql"
  /// Its source, where that is quoted text that the server reads only when it is called. Nothing of
  /// a compiled one, nor of BEGIN ATOMIC or RETURN: PostgreSQL keeps those up itself.
  std::optional<std::string> body;
  sql::Volatility volatility = sql::Volatility::Volatile;
  bool operator==(Function const&) const = default;
};

/// By name; those that share one differ in their arguments. Copies of a catalog have all of them in
/// common until one changes any.
class Functions {
 public:
  using ByName = std::map<sql::QualifiedName, std::vector<Function>>;

  /// All of that name; empty when none is known.
  std::vector<Function> const& named(sql::QualifiedName const& name) const;
  /// The one that a trigger of that function executes; nullptr when not known.
  Function const* of_trigger(sql::QualifiedName const& name) const;
  ByName::const_iterator begin() const { return by_name_->begin(); }
  ByName::const_iterator end() const { return by_name_->end(); }
  bool empty() const { return by_name_->empty(); }

  /// Replaces one of the same name and arguments.
  void put(sql::QualifiedName const& name, Function function);
  /// Those that take so many arguments; all of the name where that is not said.
  void erase(sql::QualifiedName const& name, std::optional<std::size_t> arguments);
  void erase_schema(sql::Identifier const& schema);
  void rename(sql::QualifiedName const& from, sql::QualifiedName const& to);
  void change(sql::QualifiedName const& name, std::function<void(Function&)> const& change);

  bool operator==(Functions const& other) const { return *by_name_ == *other.by_name_; }

 private:
  ByName& own();

  std::shared_ptr<ByName> by_name_ = std::make_shared<ByName>();
};

}  // namespace bellows::catalog
