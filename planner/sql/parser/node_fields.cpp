#include "planner/sql/parser/tree.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

namespace bellows::sql::tree {

namespace {

struct Fields {
  NodeTag tag = T_Invalid;
  std::string_view name;
  /// Where the node's pointers to others stand in it; 0, where its tag is, ends them.
  std::array<std::uint16_t, 18> offsets{};
};

constexpr Fields listed[] = {
#define F(field) offsetof(T, field),
#define NODE(type, ...)                            \
  [] {                                             \
    using T [[maybe_unused]] = ::type;             \
    return Fields{T_##type, #type, {__VA_ARGS__}}; \
  }(),
#include "planner/sql/parser/node_fields.inc"
#undef F
#undef NODE
};

constexpr NodeTag last_tag = std::ranges::max(listed, {}, &Fields::tag).tag;

/// The fields of each tag; those of no node that a parse makes have none.
constexpr auto fields = [] {
  std::array<Fields, last_tag + 1> by_tag{};
  for (Fields const& entry : listed) {
    by_tag[entry.tag] = entry;
  }
  return by_tag;
}();

void walk_list(List const& list, Visit visit) {
  for (Node const* member : items(&list)) {
    if (member != nullptr) {
      walk(*member, visit);
    }
  }
}

}  // namespace

std::string_view type_name(Node const& node) {
  return node.type <= last_tag ? fields[node.type].name : std::string_view();
}

void walk(Node const& root, Visit visit) {
  if (root.type == T_List) {
    walk_list(reinterpret_cast<List const&>(root), visit);
    return;
  }
  if (!visit(root) || root.type > last_tag) {
    return;
  }
  auto const* const bytes = reinterpret_cast<char const*>(&root);
  for (std::uint16_t const offset : fields[root.type].offsets) {
    if (offset == 0) {
      return;
    }
    Node const* const child = *reinterpret_cast<Node const* const*>(bytes + offset);
    if (child != nullptr) {
      walk(*child, visit);
    }
  }
}

}  // namespace bellows::sql::tree
