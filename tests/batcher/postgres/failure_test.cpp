#include "batcher/postgres/failure.hpp"

#include <gtest/gtest.h>

#include <set>

namespace bellows::postgres::failure_test {
namespace {

struct Case {
  char const* state;
  FailureKind kind;
};

TEST(Failure, IsClassifiedByItsSqlstate) {
  for (Case const& expected : {
           Case{"55P03", FailureKind::LockTimeout},    Case{"57014", FailureKind::StatementTimeout},
           Case{"40P01", FailureKind::Deadlock},       Case{"40001", FailureKind::Serialization},
           Case{"40003", FailureKind::InDoubt},        Case{"08006", FailureKind::ConnectionLost},
           Case{"08P01", FailureKind::ConnectionLost}, Case{"57P01", FailureKind::ConnectionLost},
           Case{"57P03", FailureKind::ConnectionLost}, Case{"25P03", FailureKind::ConnectionLost},
           Case{"25006", FailureKind::ReadOnly},       Case{"53100", FailureKind::Resources},
           Case{"53300", FailureKind::Resources},      Case{"53400", FailureKind::Resources},
           Case{"22012", FailureKind::BadRow},         Case{"22P02", FailureKind::BadRow},
           Case{"23502", FailureKind::BadRow},         Case{"23514", FailureKind::BadRow},
           Case{"23P01", FailureKind::BadRow},         Case{"21000", FailureKind::BadRow},
           Case{"54000", FailureKind::BadRow},         Case{"P0001", FailureKind::BadRow},
           Case{"27000", FailureKind::BadRow},         Case{"09000", FailureKind::BadRow},
           Case{"UE001", FailureKind::BadRow},  // a trigger's own: RAISE … USING ERRCODE = 'UE001'
           Case{"P0000", FailureKind::Permanent},  // plpgsql_error: the function itself
           Case{"54001", FailureKind::Permanent},  // statement_too_complex
           Case{"42P01", FailureKind::Permanent},      Case{"42501", FailureKind::Permanent},
           Case{"42883", FailureKind::Permanent},      Case{"58030", FailureKind::Permanent},
           Case{"57P04", FailureKind::Permanent},  // database_dropped
       }) {
    EXPECT_EQ(classify(expected.state), expected.kind) << expected.state;
  }
}

TEST(Failure, WhatNobodyKnowsIsPermanent) {
  for (char const* state : {"", "5", "53", "531000", "xx", "HV000", "F0000", "XX001"}) {
    EXPECT_EQ(classify(state), FailureKind::Permanent) << state;
  }
}

TEST(Failure, EveryKindHasAName) {
  std::set<std::string_view> names;
  for (int kind = 0; kind <= static_cast<int>(FailureKind::Permanent); ++kind) {
    names.insert(to_string(static_cast<FailureKind>(kind)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(FailureKind::Permanent) + 1);
  EXPECT_FALSE(names.contains("unknown failure"));
}

}  // namespace
}  // namespace bellows::postgres::failure_test
