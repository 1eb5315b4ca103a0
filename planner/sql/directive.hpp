#pragma once

#include "planner/sql/expression.hpp"
#include "planner/sql/text.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

/// `-- bellows: …` comments above a statement: what SQL has no words for.
namespace bellows::sql {

struct Using {
  Identifier column;
  Expression expression;
};  // old → new
struct Reverse {
  Identifier column;
  Expression expression;
};  // new → old
struct Backfill {
  Identifier column;
  Expression expression;
};
struct KeyChoice {
  std::vector<Identifier> columns;
};
struct BatchSize {
  int rows = 0;
};
struct Allow {
  std::string rule;
  std::string reason;
};

/// What subscribers of the table do about its new or renamed columns: they have them, or there are
/// none.
struct Subscriber {
  bool ready = false;
};
/// Expand does not try whether rows can still be written.
struct NoTrial {};

using Directive =
    std::variant<Using, Reverse, Backfill, KeyChoice, BatchSize, Allow, Subscriber, NoTrial>;

struct Directives {
  std::vector<Directive> all;
  std::vector<std::string>
      mistakes;  // a sentence each: what was not understood, and what is expected

  template <typename T>
  T const* find() const {
    for (Directive const& directive : all) {
      if (auto const* found = std::get_if<T>(&directive)) {
        return found;
      }
    }
    return nullptr;
  }
};

/// From a statement's comments. One that starts with `bellows:` and makes no sense is a mistake,
/// never silently dropped, and so is one that only nearly starts so (near_directive.hpp); all
/// others are nobody's business.
Directives directives(std::vector<std::string> const& comments);

}  // namespace bellows::sql
