#include "planner/locks/unknowable.hpp"

#include <algorithm>

namespace bellows::locks {

namespace {

constexpr std::string_view code = "it runs code that its text does not show";
constexpr std::string_view scripts = "it runs the extension's scripts, or takes along all it has";
constexpr std::string_view owned = "it takes in whatever the role owns";
constexpr std::string_view moved = "it moves every table of the tablespace, and names none";
constexpr std::string_view typed = "tables may be of the type, or have columns of it";
constexpr std::string_view later = "what it is for, runs later";

constexpr Unknowable unknowable_kinds[] = {
    {"ALTER ATTRIBUTE RENAME TO", typed},
    {"ALTER EXTENSION", scripts},
    {"ALTER EXTENSION SET SCHEMA", scripts},
    {"ALTER TABLE ALL IN TABLESPACE", moved},
    {"ALTER TYPE", typed},
    {"CALL", code},
    {"COMMIT PREPARED", "it ends what another session has prepared"},
    {"DECLARE", later},
    {"DO", code},
    {"DROP EXTENSION", scripts},
    {"DROP OWNED", owned},
    {"EXECUTE", code},
    {"IMPORT FOREIGN SCHEMA", "it makes tables that only the other server names"},
    {"LOAD", code},
    {"PREPARE", later},
    {"PREPARE TRANSACTION", "it leaves all locks of its transaction to whoever ends it"},
    {"REASSIGN OWNED", owned},
    {"ROLLBACK PREPARED", "it ends what another session has prepared"},
    {"SECURITY LABEL", "the label's provider may do anything"},
};

}  // namespace

std::span<Unknowable const> unknowables() {
  return unknowable_kinds;
}

std::string_view why_unknowable(std::string_view kind) {
  auto const* found = std::ranges::find(unknowable_kinds, kind, &Unknowable::kind);
  return found == std::end(unknowable_kinds) ? std::string_view() : found->why;
}

}  // namespace bellows::locks
