ALTER OPERATOR shop.=== (box, box) OWNER TO deployer;
ALTER OPERATOR @@ (NONE, text) SET SCHEMA texts;
ALTER OPERATOR && (integer[], integer[]) SET (RESTRICT = NONE, JOIN = areajoinsel);
ALTER OPERATOR <-> (integer[], integer[]) SET (COMMUTATOR = <->, NEGATOR = <!>, HASHES, MERGES);
