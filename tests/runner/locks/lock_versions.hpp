#pragma once

#include <string_view>

/// Statements about relations, or forms of them, that not every server has.
namespace bellows::locks::cases {

/// Run one by one, each in a transaction of its own that is rolled back, where the server has it.
struct Versioned {
  int since;  // major version
  std::string_view statement;
};
inline constexpr Versioned versioned[] = {
    {14, "ALTER TABLE child ALTER COLUMN email SET COMPRESSION pglz"},
    {14,
     "CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON child FOR EACH ROW EXECUTE FUNCTION"
     " touch()"},
    {15,
     "MERGE INTO adopted USING parent ON adopted.id = parent.id WHEN MATCHED THEN UPDATE SET kind ="
     " note"},
    {15,
     "MERGE INTO chain_1 USING parent ON chain_1.id = parent.id WHEN MATCHED THEN DELETE WHEN NOT"
     " MATCHED THEN INSERT (id) VALUES (parent.id)"},
    {15, "ALTER TABLE child ADD CONSTRAINT distinct_nulls UNIQUE NULLS NOT DISTINCT (spare)"},
    {15, "CREATE UNIQUE INDEX ON child (spare) NULLS NOT DISTINCT"},
    {15, "CREATE PUBLICATION more FOR TABLES IN SCHEMA aside"},
    {15, "ALTER VIEW seen SET (security_invoker = true)"},
    {15, "ALTER SEQUENCE counter SET UNLOGGED"},
    {15, "ALTER SEQUENCE counter SET LOGGED"},
    {15, "ALTER DATABASE postgres REFRESH COLLATION VERSION"},
    {18, "ALTER TABLE stays ADD UNIQUE (room, span WITHOUT OVERLAPS)"},
    {18, "ALTER TABLE stays ADD PRIMARY KEY (room, span WITHOUT OVERLAPS)"},
    {18,
     "ALTER TABLE stay_users ADD FOREIGN KEY (room, PERIOD span) REFERENCES stay_keys (room, PERIOD"
     " span)"},
    {18,
     "ALTER TABLE stay_users ADD FOREIGN KEY (room, PERIOD span) REFERENCES stay_keys (room, PERIOD"
     " span) NOT VALID"},
    {18, "ALTER TABLE child ADD COLUMN a int GENERATED ALWAYS AS (id + 1) VIRTUAL"},
    {18, "ALTER TABLE child ADD COLUMN a int GENERATED ALWAYS AS (id + 1)"},
    {18, "ALTER TABLE measure ADD COLUMN a int GENERATED ALWAYS AS (value + 1) VIRTUAL"},
    {18, "ALTER TABLE child ADD COLUMN a int GENERATED ALWAYS AS (id + 1) VIRTUAL CHECK (a > 0)"},
    {18, "ALTER TABLE child ADD COLUMN a int GENERATED ALWAYS AS (id + 1) VIRTUAL NOT NULL"},
    {18, "ALTER TABLE child ADD COLUMN a int CHECK (a > 0) NOT ENFORCED"},
    {18, "ALTER TABLE child ADD COLUMN a int DEFAULT 1 REFERENCES parent NOT ENFORCED"},
    {18, "ALTER TABLE child ADD CONSTRAINT must NOT NULL spare NOT VALID"},
    {18, "ALTER TABLE child ADD NOT NULL spare NOT VALID"},
    {18, "ALTER TABLE child ADD CONSTRAINT must NOT NULL spare"},
    {18, "ALTER TABLE child ADD CONSTRAINT must NOT NULL proven"},
    {18, "ALTER TABLE measure ADD CONSTRAINT must NOT NULL value NOT VALID"},
    {18, "ALTER TABLE child ADD CONSTRAINT more CHECK (id > 1) NOT ENFORCED"},
    {18, "ALTER TABLE child ADD CONSTRAINT more CHECK (id > 0) ENFORCED"},
    {18, "ALTER TABLE measure ADD CONSTRAINT more CHECK (value > 1) NOT ENFORCED"},
    {18,
     "ALTER TABLE child ADD CONSTRAINT more FOREIGN KEY (spare) REFERENCES parent NOT"
     " ENFORCED"},
    {18,
     "ALTER TABLE child ADD COLUMN a int GENERATED ALWAYS AS (id + 1) VIRTUAL, ADD CONSTRAINT"
     " more CHECK (id > 1) NOT ENFORCED, ADD CONSTRAINT must NOT NULL spare NOT VALID"},
    {18,
     "CREATE TABLE fresh (id int, twice int GENERATED ALWAYS AS (id * 2), CHECK (id > 0) NOT"
     " ENFORCED, parent_id int REFERENCES parent, CONSTRAINT must NOT NULL id)"},
    {18, "ALTER TABLE measure ADD FOREIGN KEY (value) REFERENCES parent NOT VALID"},
    {17, "ALTER TABLE measure ADD EXCLUDE USING btree (day WITH =)"},
    {15, "ALTER TABLE lone SET ACCESS METHOD heap2"},
    {17, "ALTER TABLE lone ALTER COLUMN g SET EXPRESSION AS (id * 3)"},
    {18, "ALTER TABLE child ALTER CONSTRAINT child_parent NOT ENFORCED"},
    {18, "ALTER TABLE ruled ALTER CONSTRAINT ruled_later ENFORCED"},
    {18, "ALTER TABLE firm ALTER CONSTRAINT firm_id NO INHERIT"},
    {18, "ALTER TABLE alone ALTER CONSTRAINT alone_id INHERIT"},
    {18, "ALTER TABLE firm VALIDATE CONSTRAINT firm_loose"},
    {18, "ALTER TABLE firm ALTER COLUMN loose SET NOT NULL"},
    {18, "ALTER TABLE virtuals ALTER COLUMN v SET EXPRESSION AS (id * 3)"},
    {18, "ALTER TABLE child ALTER CONSTRAINT child_parent ENFORCED"},
    {19, "ALTER TABLE child ALTER CONSTRAINT child_other_check NOT ENFORCED"},
    {19, "ALTER TABLE child ALTER CONSTRAINT child_other_check ENFORCED"},
    {19, "ALTER TABLE lax ALTER CONSTRAINT lax_id ENFORCED"},
    {19, "REPACK child"},
    {19, "REPACK (VERBOSE) child USING INDEX child_pkey"},
    {19, "WAIT FOR LSN '0/1' WITH (MODE 'primary_flush')"},
    {19, "ALTER TABLE lax ALTER CONSTRAINT lax_note NOT ENFORCED"},
};

}  // namespace bellows::locks::cases
