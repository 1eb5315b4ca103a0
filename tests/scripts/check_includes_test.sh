#!/usr/bin/env bash
# scripts/check-includes: each rule is broken once in a tree of its own, and must be reported.
set -euo pipefail
check=$(realpath "$(dirname "$0")/../../scripts/check-includes")
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failures=0

fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

fresh() {
  rm -rf "$tree"
  mkdir -p "$tree"/{planner/sql/parser,batcher/postgres,runner,tests/batcher/postgres}
  printf '#include "planner/a.hpp"\n#include <vector>\n' >"$tree/batcher/good.cpp"
  printf '#include "batcher/a.hpp"\n#include "planner/a.hpp"\n' >"$tree/runner/good.cpp"
  printf '#include <pqxx/pqxx>\n' >"$tree/batcher/postgres/session.cpp"
  printf '#include <pqxx/pqxx>\n' >"$tree/tests/batcher/postgres/session_db_test.cpp"
  printf 'extern "C" {\n#include <pg_query.h>\n}\n// #include "runner/x.hpp" in words is no include\n' >"$tree/planner/sql/parser/parse.cpp"
}

passes() { "$check" "$tree" >"$tree/.out" 2>&1 || fail "$1: $(cat "$tree/.out")"; }

# FILE LINE EXPECTED: the tree with this one line more is refused, and the message names the place.
refuses() {
  fresh
  mkdir -p "$(dirname "$tree/$1")"
  printf '%s\n' "$2" >"$tree/$1"
  if "$check" "$tree" >"$tree/.out" 2>&1; then fail "$1 may contain $2"; return; fi
  grep -qF -- "$3" "$tree/.out" || fail "$1 with $2: expected '$3', got: $(cat "$tree/.out")"
}

fresh
passes "a tree that keeps the rules"
mkdir -p "$tree/docs" && touch "$tree/docs/page.md"
passes "a folder without sources"
mkdir -p "$tree/out" && touch "$tree/out/CMakeCache.txt" "$tree/out/generated.cpp"
passes "a build directory"

refuses planner/x.cpp '#include "batcher/a.hpp"' 'planner/x.cpp:1: includes "batcher/a.hpp"'
refuses planner/rules/x.hpp '#include "runner/a.hpp"' 'planner/rules/x.hpp:1'
refuses batcher/x.cpp '  #  include "runner/a.hpp"' 'batcher/x.cpp:1'
refuses planner/x.cpp '#include <boost/asio.hpp>' 'the planner is pure'
refuses planner/x.cpp '#include <fstream>' 'the planner is pure'
refuses batcher/job/x.cpp '#include <pqxx/connection>' 'only batcher/postgres/ sees libpqxx'
refuses runner/x.cpp '#include <libpq-fe.h>' 'only batcher/postgres/ sees libpqxx'
refuses tests/runner/x.cpp '#include <pqxx/pqxx>' 'only batcher/postgres/ sees libpqxx'
refuses planner/plan/x.cpp '#include <pg_query.h>' 'only planner/sql/parser/ sees libpg_query'
refuses planner/plan/x.cpp '#include "planner/sql/parser/tree.hpp"' 'only planner/sql/parser/ sees libpg_query'
refuses runner/x.cpp '#include "tests/support/x.hpp"' 'does not depend on its tests'
refuses engine/x.cpp 'int x;' 'engine/: a source folder'
refuses runner/long.cpp "$(yes | head -n 501)" 'runner/long.cpp: 501 lines'

rm -rf "${tree:?}"/*
if "$check" "$tree" >/dev/null 2>&1; then fail "an empty tree passes"; fi
[ "$failures" -eq 0 ] && echo "check-includes: all as expected"
