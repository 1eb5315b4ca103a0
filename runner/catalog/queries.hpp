#pragma once

#include <string>
#include <string_view>

/// What read_catalog asks. Every query starts with the same set of relations and names a relation
/// by its oid, so that the parts can be joined in memory.
namespace bellows::catalog {

/// The relations of interest, as a CTE `wanted (oid, nspname, relname, …)`.
inline constexpr std::string_view wanted_cte = R"(
WITH wanted AS MATERIALIZED (
  SELECT c.oid, n.nspname, c.relname, c.relkind, c.relispartition, c.reltuples, c.relpages, c.reloftype,
    c.relreplident,
    c.relpersistence = 'u' AS is_unlogged,
    pg_get_expr(c.relpartbound, c.oid) AS bounds
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't'
    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'bellows')
    AND n.nspname !~ '^pg_(toast_)?temp_'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                    AND d.objid = c.oid AND d.objsubid = 0 AND d.deptype = 'e')))";

/// The columns of $relation whose numbers are in $numbers, in that order, as a JSON array.
inline std::string column_names(std::string_view numbers, std::string_view relation) {
  return "(SELECT coalesce(json_agg(a.attname ORDER BY member.place), '[]') FROM unnest(" +
         std::string(numbers) +
         ") WITH ORDINALITY member(number, place) JOIN pg_attribute a ON a.attnum = member.number"
         " AND a.attrelid = " +
         std::string(relation) + ")";
}

/// reltuples of a table never counted is -1, before 14 it is 0 like relpages (manual, pg_class).
inline constexpr std::string_view relations_query = R"(
SELECT w.oid, w.nspname, w.relname, w.relkind,
  CASE WHEN w.reltuples < 0 OR (w.reltuples = 0 AND w.relpages = 0) THEN NULL
       ELSE w.reltuples::bigint END,
  CASE WHEN w.relkind IN ('r', 'm') THEN pg_total_relation_size(w.oid) END,
  CASE WHEN w.reloftype <> 0 THEN format_type(w.reloftype, NULL) END,
  CASE WHEN w.relkind IN ('r', 'p') THEN w.relreplident ELSE 'd' END, w.is_unlogged
FROM wanted w)";

inline constexpr std::string_view inheritance_query = R"(
SELECT w.oid, w.relispartition, pn.nspname, pc.relname, w.bounds
FROM wanted w
JOIN pg_inherits i ON i.inhrelid = w.oid
JOIN pg_class pc ON pc.oid = i.inhparent
JOIN pg_namespace pn ON pn.oid = pc.relnamespace
ORDER BY w.oid, i.inhseqno)";

inline constexpr std::string_view columns_query = R"(
SELECT w.oid, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
  pg_get_expr(d.adbin, d.adrelid), a.attgenerated <> '', a.attidentity,
  a.attgenerated = 'v',
  CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END,
  col_description(w.oid, a.attnum)
FROM wanted w
JOIN pg_attribute a ON a.attrelid = w.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = w.oid AND d.adnum = a.attnum
ORDER BY w.oid, a.attnum)";

/// A valid NOT NULL is a constraint from 18 on; before that there is none.
inline constexpr std::string_view not_nulls_query = R"(
SELECT w.oid, a.attname, k.conname
FROM wanted w
JOIN pg_constraint k ON k.conrelid = w.oid AND k.contype = 'n' AND k.convalidated
JOIN pg_attribute a ON a.attrelid = w.oid AND a.attnum = k.conkey[1])";

/// An identity depends on its sequence from within (deptype i), OWNED BY is deptype a.
inline constexpr std::string_view sequences_query = R"(
SELECT w.oid, a.attname, n.nspname, s.relname
FROM wanted w
JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = w.oid AND d.refobjsubid > 0
  AND d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND d.deptype IN ('a', 'i')
JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
JOIN pg_namespace n ON n.oid = s.relnamespace
JOIN pg_attribute a ON a.attrelid = w.oid AND a.attnum = d.refobjsubid
ORDER BY w.oid, a.attnum, d.deptype DESC, n.nspname, s.relname)";

/// A foreign key to a partitioned table has one more row for each partition on the same referencing
/// table; they are the server's own and nobody can name them. NOT NULL is a constraint from 18 on;
/// the column says it in every version, and only one that is NOT VALID is read here. conindid of a
/// foreign key is the referenced table's index.
inline std::string constraints_query() {
  return R"(
SELECT w.oid, k.conname, k.contype, pg_get_constraintdef(k.oid), k.convalidated, )" +
         column_names("k.conkey", "k.conrelid") + ", rn.nspname, rc.relname, " +
         column_names("k.confkey", "k.confrelid") + R"(,
  CASE WHEN k.contype <> 'f' THEN ic.relname END, CASE WHEN k.contype = 'f' THEN ic.relname END
FROM wanted w
JOIN pg_constraint k ON k.conrelid = w.oid AND (k.contype IN ('c', 'u', 'p', 'f', 'x') OR k.contype = 'n' AND NOT k.convalidated)
LEFT JOIN pg_class rc ON rc.oid = k.confrelid AND k.contype = 'f'
LEFT JOIN pg_namespace rn ON rn.oid = rc.relnamespace
LEFT JOIN pg_class ic ON ic.oid = k.conindid AND k.contype IN ('u', 'p', 'x', 'f')
WHERE NOT EXISTS (SELECT FROM pg_constraint parent
                  WHERE parent.oid = k.conparentid AND parent.conrelid = k.conrelid)
ORDER BY w.oid, k.conname)";
}

/// indkey holds key columns, then INCLUDE ones; 0 stands for an expression. What expressions and
/// WHERE mention is in pg_depend.
inline std::string indexes_query() {
  return R"(
SELECT w.oid, ic.relname, am.amname, i.indisunique AND NOT i.indisexclusion, i.indisprimary,
  i.indpred IS NOT NULL, i.indexprs IS NOT NULL, i.indisvalid, pg_get_indexdef(i.indexrelid), )" +
         column_names("(i.indkey::int2[])[0:i.indnkeyatts - 1]", "i.indrelid") + ", " +
         column_names("(i.indkey::int2[])[i.indnkeyatts:i.indnatts - 1]", "i.indrelid") + R"(,
  (SELECT coalesce(json_agg(a.attname ORDER BY a.attnum), '[]') FROM pg_attribute a
   WHERE a.attrelid = i.indrelid AND a.attnum IN
     (SELECT d.refobjsubid FROM pg_depend d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
        AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid AND d.refobjsubid > 0)),
  i.indisreplident, pn.nspname, pc.relname
FROM wanted w
JOIN pg_index i ON i.indrelid = w.oid
JOIN pg_class ic ON ic.oid = i.indexrelid
LEFT JOIN pg_inherits h ON h.inhrelid = i.indexrelid
LEFT JOIN pg_class pc ON pc.oid = h.inhparent
LEFT JOIN pg_namespace pn ON pn.oid = pc.relnamespace
JOIN pg_am am ON am.oid = ic.relam
ORDER BY w.oid, ic.relname)";
}

/// What depends on columns, or on a relation as a whole, and is an object of its own (deptype n):
/// not a constraint, an index or a default, which go with the column. Policies, rules and
/// publications are told even where they name no column, by which they go with their table (deptype
/// a).
inline constexpr std::string_view dependents_query = R"(
SELECT w.oid,
  CASE WHEN r.ev_type = '1' AND vc.relkind IN ('v', 'm') THEN vc.relkind::text
       ELSE left(d.classid::regclass::text, 6) END,
  CASE WHEN r.ev_type = '1' THEN vn.nspname ELSE coalesce(fn.nspname, '') END,
  coalesce(CASE WHEN r.ev_type = '1' THEN vc.relname ELSE r.rulename END,
           p.polname, t.tgname, b.pubname, f.proname),
  coalesce(json_agg(a.attname ORDER BY a.attnum) FILTER (WHERE a.attnum > 0), '[]')
FROM wanted w
JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = w.oid
  AND (d.deptype = 'n' OR d.deptype = 'a' AND d.refobjsubid = 0
       AND d.classid IN ('pg_policy'::regclass, 'pg_publication_rel'::regclass,
                         'pg_rewrite'::regclass))
LEFT JOIN pg_attribute a ON a.attrelid = w.oid AND a.attnum = d.refobjsubid
LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
LEFT JOIN pg_class vc ON vc.oid = r.ev_class
LEFT JOIN pg_namespace vn ON vn.oid = vc.relnamespace
LEFT JOIN pg_policy p ON d.classid = 'pg_policy'::regclass AND p.oid = d.objid
LEFT JOIN pg_trigger t ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
LEFT JOIN pg_publication_rel br ON d.classid = 'pg_publication_rel'::regclass AND br.oid = d.objid
LEFT JOIN pg_publication b ON b.oid = br.prpubid
LEFT JOIN pg_proc f ON d.classid = 'pg_proc'::regclass AND f.oid = d.objid
LEFT JOIN pg_namespace fn ON fn.oid = f.pronamespace
WHERE d.classid IN ('pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_trigger'::regclass,
                    'pg_publication_rel'::regclass, 'pg_proc'::regclass)
  AND (r.oid IS NULL OR r.ev_class <> w.oid OR r.ev_type <> '1')
GROUP BY 1, 2, 3, 4)";

/// Every column of a partition key, also in an expression, depends on its table from within; by the
/// place in the key, those of expressions last.
inline constexpr std::string_view partition_keys_query = R"(
SELECT w.oid, p.partstrat, p.partexprs IS NOT NULL,
  coalesce((SELECT json_agg(a.attname ORDER BY array_position(p.partattrs::int2[], a.attnum), a.attnum)
            FROM pg_depend d JOIN pg_attribute a ON a.attrelid = w.oid AND a.attnum = d.objsubid
            WHERE d.classid = 'pg_class'::regclass AND d.objid = w.oid AND d.objsubid > 0
              AND d.refclassid = 'pg_class'::regclass AND d.refobjid = w.oid AND d.refobjsubid = 0
              AND d.deptype = 'i'), '[]')
FROM wanted w JOIN pg_partitioned_table p ON p.partrelid = w.oid)";

inline constexpr std::string_view statistics_query = R"(
SELECT n.nspname, s.stxname, tn.nspname, c.relname
FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
JOIN pg_class c ON c.oid = s.stxrelid JOIN pg_namespace tn ON tn.oid = c.relnamespace)";

/// Sequences that belong to no column, and what extensions have made.
inline constexpr std::string_view other_relations_query = R"(
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN LATERAL (SELECT max(d.deptype::text) AS deptype FROM pg_depend d
  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
    AND d.deptype IN ('a', 'i', 'e')) owned ON true
WHERE c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'bellows')
  AND (owned.deptype = 'e' OR (c.relkind = 'S' AND owned.deptype IS NULL)))";

/// Composite types that are no table's row.
inline constexpr std::string_view composites_query = R"(
SELECT format_type(t.oid, NULL), a.attname, format_type(a.atttypid, a.atttypmod),
  CASE WHEN a.attcollation <> at.typcollation THEN a.attcollation::regcollation::text END
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type at ON at.oid = a.atttypid
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'bellows')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass
                  AND d.objid = t.oid AND d.deptype = 'e')
ORDER BY t.oid, a.attnum)";

/// Publications of whole schemas, and lists of columns, came with 15.
inline std::string publications_query(int server_version) {
  bool const newer = server_version >= 15;
  std::string const schemas =
      newer ? "(SELECT coalesce(json_agg(n.nspname), '[]') FROM pg_publication_namespace s"
              " JOIN pg_namespace n ON n.oid = s.pnnspid WHERE s.pnpubid = p.oid)"
            : "'[]'::json";
  std::string const listed =
      newer ? "(SELECT coalesce(json_agg(json_build_array(n.nspname, c.relname)), '[]')"
              " FROM pg_publication_rel r JOIN pg_class c ON c.oid = r.prrelid"
              " JOIN pg_namespace n ON n.oid = c.relnamespace"
              " WHERE r.prpubid = p.oid AND r.prattrs IS NOT NULL)"
            : "'[]'::json";
  return "SELECT p.pubname, p.puballtables, p.pubupdate, p.pubdelete, " + schemas + ", " + listed +
         " FROM pg_publication p";
}

inline constexpr std::string_view domains_query = R"(
SELECT format_type(t.oid, NULL), format_type(t.typbasetype, t.typtypmod),
  t.typnotnull OR EXISTS (SELECT FROM pg_constraint k WHERE k.contypid = t.oid),
  pg_get_expr(t.typdefaultbin, 0)
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'd' AND n.nspname NOT IN ('pg_catalog', 'information_schema'))";

inline constexpr std::string_view enums_query = R"(
SELECT format_type(t.oid, NULL),
  (SELECT coalesce(json_agg(l.enumlabel ORDER BY l.enumsortorder), '[]') FROM pg_enum l
   WHERE l.enumtypid = t.oid)
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'e' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass
                  AND d.objid = t.oid AND d.deptype = 'e'))";

/// Ranges and base types (no array: typsubscript is no column before 14, typelem tells), whoever
/// made them: extensions, too.
inline constexpr std::string_view other_types_query = R"(
SELECT format_type(t.oid, NULL)
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE (t.typtype IN ('b', 'r', 'm', 'p') OR EXISTS (SELECT FROM pg_depend d
         WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'))
  AND NOT (t.typtype = 'b' AND t.typelem <> 0 AND t.typlen = -1 AND t.typname ~ '^_')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'bellows'))";

inline constexpr std::string_view schemas_query = R"(
SELECT n.nspname FROM pg_namespace n
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'bellows')
  AND n.nspname !~ '^pg_(toast_)?temp_')";

/// PL/pgSQL is one, too, and makes neither types nor functions that anybody names. Casts of
/// somebody's own count as well, but not that of a range to its multirange, which comes with it.
inline constexpr std::string_view extensions_query =
    "SELECT EXISTS (SELECT FROM pg_extension WHERE extname <> 'plpgsql')"
    " OR EXISTS (SELECT FROM pg_cast c JOIN pg_type t ON t.oid = c.casttarget"
    " WHERE c.oid >= 16384 AND t.typtype <> 'm')";

/// tgtype's bits (src/include/catalog/pg_trigger.h): 1 row, 2 before, 4 insert, 16 update. A
/// partition's copy of its parent's trigger is internal before 15.
inline constexpr std::string_view triggers_query = R"(
SELECT w.oid, t.tgname, (t.tgtype & 3) = 3 AND (t.tgtype & 20) <> 0, (t.tgtype & 16) <> 0,
  pg_get_triggerdef(t.oid), t.tgenabled
FROM wanted w
JOIN pg_trigger t ON t.tgrelid = w.oid
  AND (NOT t.tgisinternal OR t.tgparentid <> 0 AND t.tgconstraint = 0)
ORDER BY w.oid, t.tgname)";

/// prosqlbody (14) is a body that the server has read itself.
inline std::string functions_query(int server_version) {
  std::string const is_text = server_version < 14 ? "true" : "p.prosqlbody IS NULL";
  return R"(
SELECT n.nspname, p.proname,
  (SELECT coalesce(json_agg(format_type(a.type, NULL) ORDER BY a.place), '[]')
   FROM unnest(p.proargtypes) WITH ORDINALITY a(type, place)),
  CASE WHEN p.prorettype <> 0 THEN format_type(p.prorettype, NULL) END, l.lanname,
  CASE WHEN l.lanname NOT IN ('c', 'internal') AND )" +
         is_text + R"( THEN p.prosrc END, p.provolatile,
  (SELECT coalesce(json_agg(coalesce(a.name, '') ORDER BY a.place), '[]')
   FROM unnest(p.proargnames, p.proargmodes) WITH ORDINALITY a(name, mode, place)
   WHERE p.proargnames IS NOT NULL AND coalesce(a.mode, 'i') IN ('i', 'b', 'v'))
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_language l ON l.oid = p.prolang
WHERE p.prokind IN ('f', 'p')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'bellows')
  AND n.nspname !~ '^pg_(toast_)?temp_'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass
                  AND d.objid = p.oid AND d.deptype = 'e'))";
}

}  // namespace bellows::catalog
