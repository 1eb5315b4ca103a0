#include "planner/sql/named_columns.hpp"

#include "planner/sql/lower.hpp"
#include "planner/sql/parser/parse_objects.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace bellows::sql {

namespace {

using Columns = std::vector<Identifier>;

void add_targets(Columns& columns, List const* targets) {
  for (ResTarget const* target : tree::items<ResTarget>(targets)) {
    columns.push_back(identifier(target->name));
  }
}

// What one node of a statement names, one function each.

void add(std::vector<NamedColumns>& all, InsertStmt const& insert) {
  Columns columns;
  add_targets(columns, insert.cols);
  if (OnConflictClause const* conflict = insert.onConflictClause) {
    List const* keys = conflict->infer == nullptr ? nullptr : conflict->infer->indexElems;
    for (IndexElem const* key : tree::items<IndexElem>(keys)) {
      columns.push_back(identifier(key->name));
    }
    add_targets(columns, conflict->targetList);
  }
  all.push_back({tree::qualified(*insert.relation), std::move(columns)});
}

void add(std::vector<NamedColumns>& all, UpdateStmt const& update) {
  Columns columns;
  add_targets(columns, update.targetList);
  all.push_back({tree::qualified(*update.relation), std::move(columns)});
}

void add(std::vector<NamedColumns>& all, MergeStmt const& merge) {
  Columns columns;
  for (MergeWhenClause const* clause : tree::items<MergeWhenClause>(merge.mergeWhenClauses)) {
    add_targets(columns, clause->targetList);
  }
  all.push_back({tree::qualified(*merge.relation), std::move(columns)});
}

void add(std::vector<NamedColumns>& all, CopyStmt const& copy) {
  if (copy.relation != nullptr) {
    all.push_back({tree::qualified(*copy.relation), identifiers(copy.attlist)});
  }
}

void add(std::vector<NamedColumns>& all, GrantStmt const& grant) {
  if (grant.targtype != ACL_TARGET_OBJECT || grant.objtype != OBJECT_TABLE) {
    return;
  }
  Columns columns;
  for (AccessPriv const* privilege : tree::items<AccessPriv>(grant.privileges)) {
    std::ranges::move(identifiers(privilege->cols), std::back_inserter(columns));
  }
  for (RangeVar const* relation : tree::items<RangeVar>(grant.objects)) {
    all.push_back({tree::qualified(*relation), columns});
  }
}

void add(std::vector<NamedColumns>& all, CommentStmt const& comment) {
  if (comment.objtype == OBJECT_COLUMN) {
    Node const* column = tree::last(tree::as<List>(comment.object));
    all.push_back({table_of_part(*comment.object), {identifier(column)}});
  }
}

void add(std::vector<NamedColumns>& all, CreateStatsStmt const& statistics) {
  Columns columns;
  for (StatsElem const* element : tree::items<StatsElem>(statistics.exprs)) {
    columns.push_back(identifier(element->name));
  }
  for (Node const* relation : tree::items(statistics.relations)) {
    if (auto const* range = tree::as<RangeVar>(relation)) {
      all.push_back({tree::qualified(*range), columns});
    }
  }
}

/// VACUUM takes a list only with ANALYZE, and asks for that first.
void add(std::vector<NamedColumns>& all, VacuumStmt const& statement) {
  for (VacuumRelation const* one : tree::items<VacuumRelation>(statement.rels)) {
    if (!statement.is_vacuumcmd && one->relation != nullptr) {
      all.push_back({tree::qualified(*one->relation), identifiers(one->va_cols)});
    }
  }
}

template <typename... Raw>
void add_one_of(std::vector<NamedColumns>& all, Node const& node) {
  auto const add_as = [&](auto const* raw) {
    if (raw != nullptr) {
      add(all, *raw);
    }
  };
  (add_as(tree::as<Raw>(&node)), ...);
}

std::vector<NamedColumns> named_in(std::string const& text) {
  std::vector<NamedColumns> all;
  tree::Parsed const parsed = tree::parse(text);
  if (Node const* statement = parsed.only()) {
    tree::walk(*statement, [&](Node const& node) {
      add_one_of<InsertStmt, UpdateStmt, MergeStmt, CopyStmt, GrantStmt, CommentStmt,
                 CreateStatsStmt, VacuumStmt>(all, node);
      return true;
    });
  }
  for (NamedColumns& named : all) {
    std::erase_if(named.columns, [](Identifier const& one) { return one.empty(); });  // expressions
  }
  std::erase_if(all, [](NamedColumns const& named) { return named.columns.empty(); });
  return all;
}

bool is_plain_name(std::string_view name) {
  auto const goes_on = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && name.size() <= max_identifier_bytes &&
         !(name.front() >= '0' && name.front() <= '9') && std::ranges::all_of(name, goes_on);
}

/// What is between the separators, without blanks around it.
std::vector<std::string_view> cut_at(char separator, std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n\f\v";
  std::vector<std::string_view> parts;
  for (std::size_t end = 0; end != std::string_view::npos; text.remove_prefix(end + 1)) {
    end = text.find(separator);
    std::string_view part = text.substr(0, end);
    part.remove_prefix(std::min(part.find_first_not_of(blanks), part.size()));
    parts.push_back(part.substr(0, part.find_last_not_of(blanks) + 1));
    if (end == std::string_view::npos) {
      break;
    }
  }
  return parts;
}

/// INSERT INTO t (a, b) with plain names and no further list behind it, as those of data are that
/// come by the thousand: read without the parser. Nothing of any other.
std::optional<NamedColumns> of_plain_insert(std::string const& text) {
  constexpr std::string_view head = "insert into ";
  constexpr std::string_view further[] = {"insert", "update", "merge", "conflict"};
  std::size_t const open = text.find('(');
  std::size_t const close = text.find(')', open);
  if (!text.starts_with(head) || close == std::string::npos ||
      std::ranges::any_of(further, [&](std::string_view word) {
        return text.find(word, close) != std::string::npos;
      })) {
    return std::nullopt;
  }
  std::string_view const all = text;
  auto const names = cut_at('.', all.substr(head.size(), open - head.size()));
  auto const columns = cut_at(',', all.substr(open + 1, close - open - 1));
  if (names.size() > 2 || !std::ranges::all_of(names, is_plain_name) ||
      !std::ranges::all_of(columns, is_plain_name)) {
    return std::nullopt;
  }
  NamedColumns named;
  named.relation.name = Identifier(std::string(names.back()));
  named.relation.schema = names.size() == 2 ? Identifier(std::string(names.front())) : Identifier();
  std::ranges::transform(columns, std::back_inserter(named.columns),
                         [](std::string_view name) { return Identifier(std::string(name)); });
  return named;
}

}  // namespace

std::vector<NamedColumns> named_columns(Statement const& statement) {
  if (statement.kind == "INSERT") {
    if (auto named = of_plain_insert(lower(statement.raw.text))) {
      return {std::move(*named)};
    }
  }
  try {
    return named_in(statement.raw.text);
  } catch (SyntaxError const&) {
    return {};
  }
}

}  // namespace bellows::sql
