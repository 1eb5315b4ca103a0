#pragma once

// PostgreSQL's own headers, of the parser that is linked. This file and scan.cpp are the only ones
// that include them, and only what reads trees includes this file: its nodes (`Node`, `CreateStmt`)
// stand in the global namespace, as C has them.

#include <cmath>
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

// A type of this name in the global namespace, and every variable of it would be told to hide it.
#define text postgres_text
// The order matters: what each needs is before it.
// clang-format off
extern "C" {
#include <postgres.h>
#include <pg_query.h>
#include <pg_query/pg_query_internal.h>
#include <catalog/pg_class.h>
#include <lib/stringinfo.h>
#include <nodes/makefuncs.h>
#include <nodes/parsenodes.h>
#include <parser/parser.h>
#include <utils/memutils.h>
}
// clang-format on
#undef text

// Macros whose names C++ wants for itself.
#undef Abs
#undef Assert
#undef DEBUG
#undef ERROR
#undef INFO
#undef LOG
#undef Max
#undef Min
#undef NOTICE
#undef WARNING
#undef _
#undef dgettext
#undef dngettext
#undef foreach
#undef fprintf
#undef gettext
#undef lengthof
#undef likely
#undef ngettext
#undef printf
#undef qsort
#undef restrict
#undef snprintf
#undef sprintf
#undef strerror
#undef strerror_r
#undef unlikely
#undef vfprintf
#undef vprintf
#undef vsnprintf
#undef vsprintf
