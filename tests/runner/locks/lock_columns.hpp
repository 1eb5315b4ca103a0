#pragma once

#include <string_view>

/// Changes of types and new columns by which the lock table is checked against a server: what
/// USING, domains, enums, collations and functions make of them.
namespace bellows::locks::cases {

/// Run one by one, each in a transaction of its own that is rolled back.
inline constexpr std::string_view columns[] = {
    "ALTER TABLE child ALTER COLUMN email TYPE varchar(200)",
    "ALTER TABLE child ALTER COLUMN email TYPE text",
    "ALTER TABLE child ALTER COLUMN email TYPE varchar(20)",
    "ALTER TABLE child ALTER COLUMN amount TYPE numeric(12,2)",
    "ALTER TABLE child ALTER COLUMN amount TYPE numeric(12,3)",
    "ALTER TABLE child ALTER COLUMN amount TYPE numeric",
    "ALTER TABLE child ALTER COLUMN other TYPE bigint",
    "ALTER TABLE child ALTER COLUMN other TYPE int",
    "ALTER TABLE child ALTER COLUMN parent_id TYPE bigint",
    "ALTER TABLE child ALTER COLUMN at TYPE timestamp(6)",
    "ALTER TABLE child ALTER COLUMN at TYPE timestamp(0)",
    "ALTER TABLE child ALTER COLUMN at TYPE timestamptz USING at AT TIME ZONE 'UTC'",
    "ALTER TABLE child ALTER COLUMN at TYPE text USING at::text || 'x'",
    "ALTER TABLE parent ALTER COLUMN note TYPE varchar",
    "ALTER TABLE parent ALTER COLUMN code TYPE varchar",
    "ALTER TABLE measure ALTER COLUMN value TYPE bigint",
    "ALTER TABLE child ALTER COLUMN other TYPE int USING other::text::int",
    "ALTER TABLE child ALTER COLUMN other TYPE int USING other::int",
    "ALTER TABLE child ALTER COLUMN at TYPE timestamptz USING at::date::timestamptz",
    "ALTER TABLE child ALTER COLUMN email TYPE text USING email::varchar(3)::text",
    "ALTER TABLE child ALTER COLUMN email TYPE text USING email::varchar(200)::text",
    "ALTER TABLE child ALTER COLUMN email TYPE varchar(100) USING email::text",
    "ALTER TABLE child ALTER COLUMN email TYPE varchar(200) COLLATE \"C\"",
    "ALTER TABLE parent ALTER COLUMN code TYPE text COLLATE \"C\"",
    "ALTER TABLE parent ALTER COLUMN code TYPE text COLLATE \"default\"",
    "ALTER TABLE felt ALTER COLUMN mood TYPE text",
    "ALTER TABLE felt ALTER COLUMN mood TYPE humour USING mood::text::humour",
    "ALTER TABLE felt ALTER COLUMN mood TYPE mood USING mood::mood",
    "ALTER TABLE felt ALTER COLUMN short TYPE varchar(10)",
    "ALTER TABLE felt ALTER COLUMN short TYPE varchar",
    "ALTER TABLE felt ALTER COLUMN bits TYPE varbit",
    "ALTER TABLE felt ALTER COLUMN bits TYPE varbit(9)",
    "ALTER TABLE felt ALTER COLUMN names TYPE varchar[]",
    "ALTER TABLE felt ALTER COLUMN names TYPE varchar(20)[]",
    "ALTER TABLE felt ADD COLUMN a text DEFAULT new_text()",
    "ALTER TABLE felt ADD COLUMN a text DEFAULT same_text()",
    "ALTER TABLE felt ADD COLUMN a token",
    "ALTER TABLE felt ADD COLUMN a token DEFAULT NULL",
    "ALTER TABLE lone SET LOGGED",
    "ALTER TABLE light SET UNLOGGED",
    "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_class WHERE relname = 'x') THEN ALTER TABLE child"
    " ADD COLUMN a int; ALTER TABLE child ALTER COLUMN a SET DEFAULT 1; END IF; END $$",
};

}  // namespace bellows::locks::cases
