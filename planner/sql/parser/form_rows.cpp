#include "planner/sql/parser/bare_label.hpp"
#include "planner/sql/parser/form_words.hpp"
#include "planner/sql/parser/forms.hpp"

#include <algorithm>

// Sources: gram.y of 13 to 19, tried on servers of each; the options, by their commands.
namespace bellows::sql {

namespace {

template <typename T>
T const& the(Seen const& seen) {
  return *tree::as<T>(&seen.node);
}

template <typename T, typename V>
T owner(V T::*);

/// The field is there: true, or not null.
template <auto Field>
bool set(Seen const& seen) {
  return static_cast<bool>(the<decltype(owner(Field))>(seen).*Field);
}

bool always(Seen const&) {
  return true;
}

// --- what takes more than a field ---

bool is_command(Seen const& seen, AlterTableType type) {
  return the<AlterTableCmd>(seen).subtype == type;
}

bool names_no_method(Seen const& seen) {
  return is_command(seen, AT_SetAccessMethod) && the<AlterTableCmd>(seen).name == nullptr;
}

bool sets_storage_default(Seen const& seen) {
  return is_command(seen, AT_SetStorage) &&
         tree::text_of(the<AlterTableCmd>(seen).def) == "default";
}

bool sets_statistics_default(Seen const& seen) {
  return is_command(seen, AT_SetStatistics) && the<AlterTableCmd>(seen).def == nullptr;
}

/// INCLUDING ALL has all the bits, those of later versions too.
bool includes_compression(Seen const& seen) {
  constexpr bits32 known = CREATE_TABLE_LIKE_STORAGE * 2 - 1;
  bits32 const options = the<TableLikeClause>(seen).options;
  return (options & CREATE_TABLE_LIKE_COMPRESSION) != 0 && (options & ~known) == 0;
}

/// NULLS DISTINCT is what happens without a word.
bool is_key_with_nulls(Seen const& seen) {
  Constraint const& key = the<Constraint>(seen);
  return key.contype == CONSTR_UNIQUE &&
         (key.nulls_not_distinct || says(seen.text, {"NULLS", "DISTINCT"}));
}

bool is_index_with_nulls(Seen const& seen) {
  IndexStmt const& index = the<IndexStmt>(seen);
  return index.nulls_not_distinct || (index.unique && says(seen.text, {"NULLS", "DISTINCT"}));
}

bool is_virtual(Seen const& seen) {
  return the<Constraint>(seen).generated_kind == 'v';
}

bool is_own_not_null(Seen const& seen) {
  Constraint const& constraint = the<Constraint>(seen);
  return constraint.contype == CONSTR_NOTNULL && !tree::is<AlterDomainStmt>(&seen.statement) &&
         (constraint.keys != nullptr || constraint.is_no_inherit);
}

/// ENFORCED is what happens without a word.
bool is_enforcement(Seen const& seen) {
  Constraint const& constraint = the<Constraint>(seen);
  switch (constraint.contype) {
    case CONSTR_ATTR_ENFORCED:
    case CONSTR_ATTR_NOT_ENFORCED:
      return true;
    case CONSTR_CHECK:
    case CONSTR_FOREIGN:
      return !constraint.is_enforced ||
             says_enforced(seen.text, tree::is<AlterTableStmt>(&seen.statement) ? 0 : 1);
    default:  // those that cannot be without
      return false;
  }
}

bool alters_inheritance(Seen const& seen) {
  return the<ATAlterConstraint>(seen).alterInheritability &&
         !the<ATAlterConstraint>(seen).noinherit;  // NO INHERIT is 0A000 before
}

/// VERBOSE, and CONCURRENTLY as a word, are older than these.
bool has_reindex_options(Seen const& seen) {
  std::size_t const end = seen.text.find(')');
  auto const options = tree::items<DefElem>(the<ReindexStmt>(seen).params);
  return says(seen.text, {"REINDEX", "("}) &&
         std::ranges::any_of(options, [&](DefElem const* option) {
           return tree::text(option->defname) != "verbose" &&
                  static_cast<std::size_t>(option->location) < end;
         });
}

bool has_no_name(Seen const& seen) {
  ReindexStmt const& reindex = the<ReindexStmt>(seen);
  return reindex.name == nullptr && reindex.relation == nullptr;
}

bool has_cluster_options(Seen const& seen) {
  return says(seen.text, {"CLUSTER", "("});
}

bool clusters_all_with_options(Seen const& seen) {
  return the<ClusterStmt>(seen).relation == nullptr && has_cluster_options(seen);
}

bool is_only(Seen const& seen) {
  RangeVar const* relation = the<VacuumRelation>(seen).relation;
  return relation != nullptr && !relation->inh;
}

bool has_no_statistics_name(Seen const& seen) {
  return the<CreateStatsStmt>(seen).defnames == nullptr;
}

bool has_no_target(Seen const& seen) {
  return the<AlterStatsStmt>(seen).stxstattarget == nullptr;
}

bool is_login_event(Seen const& seen) {
  return tree::text(the<CreateEventTrigStmt>(seen).eventname) == "login";
}

bool has_sql_body(Seen const& seen) {
  return the<CreateFunctionStmt>(seen).sql_body != nullptr;
}

bool adds_not_null_to_domain(Seen const& seen) {
  auto const* constraint = tree::as<Constraint>(the<AlterDomainStmt>(seen).def);
  return constraint != nullptr && constraint->contype == CONSTR_NOTNULL;
}

bool sets_of_operator(Seen const& seen) {
  return std::ranges::any_of(
      tree::items<DefElem>(the<AlterOperatorStmt>(seen).options), [](DefElem const* option) {
        return tree::text(option->defname) != "restrict" && tree::text(option->defname) != "join";
      });
}

bool is_of_schema(Seen const& seen) {
  return the<PublicationObjSpec>(seen).pubobjtype != PUBLICATIONOBJ_TABLE;
}

bool is_part_of_table(Seen const& seen) {
  PublicationTable const& table = the<PublicationTable>(seen);
  return table.columns != nullptr || table.whereClause != nullptr;
}

bool adds_publication(Seen const& seen) {
  AlterSubscriptionType const kind = the<AlterSubscriptionStmt>(seen).kind;
  return kind == ALTER_SUBSCRIPTION_ADD_PUBLICATION || kind == ALTER_SUBSCRIPTION_DROP_PUBLICATION;
}

bool skips(Seen const& seen) {
  return the<AlterSubscriptionStmt>(seen).kind == ALTER_SUBSCRIPTION_SKIP;
}

bool is_current_role(Seen const& seen) {
  return the<RoleSpec>(seen).roletype == ROLESPEC_CURRENT_ROLE;
}

bool is_of_parameter(Seen const& seen) {
  return the<GrantStmt>(seen).objtype == OBJECT_PARAMETER_ACL;
}

bool is_default_of_large_objects(Seen const& seen) {
  GrantStmt const& grant = the<GrantStmt>(seen);
  return grant.targtype == ACL_TARGET_DEFAULTS && grant.objtype == OBJECT_LARGEOBJECT;
}

bool is_maintain(Seen const& seen) {
  return tree::text(the<AccessPriv>(seen).priv_name) == "maintain";
}

bool says_by_target(Seen const& seen) {
  return says(seen.text, {"MATCHED", "BY", "TARGET"});
}

bool is_by_source(Seen const& seen) {
  return the<MergeWhenClause>(seen).matchKind == MERGE_WHEN_NOT_MATCHED_BY_SOURCE;
}

bool copies_merge(Seen const& seen) {
  return tree::is<MergeStmt>(the<CopyStmt>(seen).query);
}

bool is_asensitive(Seen const& seen) {
  return (the<DeclareCursorStmt>(seen).options & CURSOR_OPT_ASENSITIVE) != 0;
}

bool has_bare_keyword(Seen const& seen) {
  return has_keyword_as_label(the<SelectStmt>(seen).targetList, seen.text);
}

bool has_no_alias(Seen const& seen) {
  return the<RangeSubselect>(seen).alias == nullptr;
}

constexpr std::string_view newer_in_numbers = "_xXoObB";

/// From the place of its number on, for a sign is not part of it; empty: it is none of these.
std::string_view new_number(Seen const& seen) {
  A_Const const& constant = the<A_Const>(seen);
  bool const number =
      !constant.isnull && (tree::is<Integer>(&constant.val) || tree::is<Float>(&constant.val));
  auto const at = static_cast<std::size_t>(constant.location);
  if (!number || constant.location < 0 || at >= seen.text.size()) {
    return "";
  }
  std::string_view word =
      seen.text.substr(std::min(seen.text.find_first_not_of("- \t\r\n", at), seen.text.size()));
  word = word.substr(0, word.find_first_not_of("0123456789.eE_xXoObB"));
  return word.find_first_of(newer_in_numbers) == std::string_view::npos ? "" : word;
}

/// `SELECT 1_000`, which the scanners of 13 and 14 cut in two: 1, and its label.
bool is_number_and_label(Seen const& seen) {
  std::string_view const word = new_number(seen);
  std::string_view const label =
      word.substr(std::min(word.size(), word.find_first_of(newer_in_numbers)));
  auto const offset = static_cast<std::size_t>(word.data() - seen.text.data());
  return !label.empty() && label.find('.') == std::string_view::npos &&
         ends_target_without_label(seen.statement, offset, seen.text);
}

bool is_new_number(Seen const& seen) {
  return !new_number(seen).empty() && !is_number_and_label(seen);
}

bool is_system_call(Seen const& seen, std::string_view name, std::size_t arguments) {
  FuncCall const& call = the<FuncCall>(seen);
  return call.funcformat == COERCE_SQL_SYNTAX && last_name(call.funcname) == name &&
         tree::items(call.args).size() == arguments;
}

bool is_similar(Seen const& seen) {
  return is_system_call(seen, "substring", 3) && says(seen.text, {"SIMILAR"}) &&
         !says(seen.text, {"SIMILAR", "TO"});
}

bool is_at_local(Seen const& seen) {
  return is_system_call(seen, "timezone", 1);
}

// Without any clause of theirs, these are calls of functions for older servers: whether there is
// one of that name is another question.

bool says_on_null(Seen const& seen) {
  return says(seen.text, {"NULL", "ON", "NULL"}) || says(seen.text, {"ABSENT", "ON", "NULL"});
}

bool has_clause(JsonObjectConstructor const& made, Seen const&) {
  return made.exprs != nullptr || made.output != nullptr;
}

bool has_clause(JsonArrayConstructor const& made, Seen const& seen) {
  return made.output != nullptr || says_on_null(seen);
}

bool has_clause(JsonArrayAgg const& made, Seen const& seen) {
  return made.constructor->output != nullptr || says_on_null(seen);
}

bool has_clause(JsonParseExpr const& made, Seen const&) {
  return made.unique_keys || made.output != nullptr;
}

bool has_clause(JsonFuncExpr const& call, Seen const&) {
  return call.passing != nullptr || call.output != nullptr || call.on_empty != nullptr ||
         call.on_error != nullptr || call.wrapper != JSW_UNSPEC || call.quotes != JS_QUOTES_UNSPEC;
}

template <typename T>
bool has_clauses(Seen const& seen) {
  return has_clause(the<T>(seen), seen);
}

/// ADMIN OPTION is old; INHERIT, SET and ADMIN FALSE are not.
bool is_role_option(Seen const& seen) {
  auto const* grant = tree::as<GrantRoleStmt>(&seen.statement);
  DefElem const& option = the<DefElem>(seen);
  auto const* value = tree::as<Boolean>(option.arg);
  bool const refuses = value != nullptr && !value->boolval;
  return grant != nullptr &&
         (tree::text(option.defname) != "admin" || (grant->is_grant && refuses));
}

bool is_copy_option(Seen const& seen, std::string_view name, std::string_view upper) {
  DefElem const& option = the<DefElem>(seen);
  return tree::is<CopyStmt>(&seen.statement) && tree::text(option.defname) == name &&
         same_word(tree::text_of(option.arg), upper);
}

bool is_header_match(Seen const& seen) {
  return is_copy_option(seen, "header", "MATCH");
}

bool is_json_format(Seen const& seen) {
  return is_copy_option(seen, "format", "JSON");
}

template <AlterTableType Type>
bool command(Seen const& seen) {
  return the<AlterTableCmd>(seen).subtype == Type;
}

constexpr FormRow form_table[] = {
    // --- tables ---
    {T_ColumnDef, {"COMPRESSION of a column", 14}, set<&ColumnDef::compression>},
    {T_ColumnDef, {"STORAGE in the definition of a column", 16}, set<&ColumnDef::storage_name>},
    {T_TableLikeClause, {"INCLUDING COMPRESSION", 14}, includes_compression},
    {T_AlterTableCmd, {"SET COMPRESSION", 14}, command<AT_SetCompression>},
    {T_AlterTableCmd, {"DETACH PARTITION … FINALIZE", 14}, command<AT_DetachPartitionFinalize>},
    {T_AlterTableCmd, {"SET ACCESS METHOD", 15}, command<AT_SetAccessMethod>},
    {T_AlterTableCmd, {"SET ACCESS METHOD DEFAULT", 17}, names_no_method},
    {T_AlterTableCmd, {"SET STORAGE DEFAULT", 16}, sets_storage_default},
    {T_AlterTableCmd, {"SET EXPRESSION", 17}, command<AT_SetExpression>},
    {T_AlterTableCmd, {"SET STATISTICS DEFAULT", 17}, sets_statistics_default},
    {T_PartitionCmd, {"DETACH PARTITION … CONCURRENTLY", 14}, set<&PartitionCmd::concurrent>},
    {T_Constraint, {"ON DELETE SET … of some columns", 15}, set<&Constraint::fk_del_set_cols>},
    {T_Constraint, {"NULLS [NOT] DISTINCT", 15}, is_key_with_nulls},
    {T_Constraint, {"VIRTUAL generated columns, and GENERATED without STORED", 18}, is_virtual},
    {T_Constraint, {"NOT NULL as a constraint of a table, or NO INHERIT", 18}, is_own_not_null},
    {T_Constraint, {"[NOT] ENFORCED", 18}, is_enforcement},
    {T_Constraint, {"WITHOUT OVERLAPS", 18}, set<&Constraint::without_overlaps>},
    {T_Constraint, {"PERIOD of a foreign key", 18}, set<&Constraint::fk_with_period>},
    {T_ATAlterConstraint, {"[NOT] ENFORCED", 18}, set<&ATAlterConstraint::alterEnforceability>},
    {T_ATAlterConstraint, {"ALTER CONSTRAINT … INHERIT", 18}, alters_inheritance},
    {T_IndexStmt, {"NULLS [NOT] DISTINCT", 15}, is_index_with_nulls},
    {T_ReindexStmt, {"REINDEX with options in parentheses", 14}, has_reindex_options},
    {T_ReindexStmt, {"REINDEX DATABASE or SYSTEM without a name", 16}, has_no_name},
    {T_ClusterStmt, {"CLUSTER with options in parentheses", 14}, has_cluster_options},
    {T_ClusterStmt, {"CLUSTER with options and without a table", 17}, clusters_all_with_options},
    {T_VacuumRelation, {"ONLY in VACUUM and ANALYZE", 18}, is_only},
    {T_CreateStatsStmt, {"CREATE STATISTICS without a name", 16}, has_no_statistics_name},
    {T_AlterStatsStmt, {"SET STATISTICS DEFAULT", 17}, has_no_target},

    // --- other objects ---
    {T_CreateTrigStmt, {"CREATE OR REPLACE TRIGGER", 14}, set<&CreateTrigStmt::replace>},
    {T_CreateEventTrigStmt, {"event triggers on login", 17}, is_login_event},
    {T_CreateFunctionStmt, {"a body in SQL: RETURN, BEGIN ATOMIC", 14}, has_sql_body},
    {T_AlterDomainStmt, {"ADD CONSTRAINT … NOT NULL of a domain", 17}, adds_not_null_to_domain},
    {T_AlterDatabaseRefreshCollStmt, {"REFRESH COLLATION VERSION", 15}, always},
    {T_AlterOperatorStmt, {"SET of more than RESTRICT and JOIN", 17}, sets_of_operator},
    {T_PublicationObjSpec, {"TABLES IN SCHEMA", 15}, is_of_schema},
    {T_PublicationTable, {"columns and rows of a published table", 15}, is_part_of_table},
    {T_AlterSubscriptionStmt, {"ADD and DROP PUBLICATION", 14}, adds_publication},
    {T_AlterSubscriptionStmt, {"SKIP", 15}, skips},
    {T_RoleSpec, {"CURRENT_ROLE as the name of a role", 14}, is_current_role},
    {T_GrantStmt, {"GRANTED BY of a privilege", 14}, set<&GrantStmt::grantor>},
    {T_GrantStmt, {"privileges ON PARAMETER", 15}, is_of_parameter},
    {T_GrantStmt, {"default privileges ON LARGE OBJECTS", 18}, is_default_of_large_objects},
    {T_AccessPriv, {"MAINTAIN", 17}, is_maintain},

    // --- rows ---
    {T_MergeStmt, {"MERGE", 15}, always},
    {T_MergeStmt, {"RETURNING of MERGE", 17}, set<&MergeStmt::returningClause>},
    {T_MergeStmt, {"NOT MATCHED BY TARGET", 17}, says_by_target},
    {T_MergeWhenClause, {"NOT MATCHED BY SOURCE", 17}, is_by_source},
    {T_ReturningClause, {"RETURNING WITH (OLD AS …)", 18}, set<&ReturningClause::options>},
    {T_CopyStmt, {"COPY (MERGE …)", 17}, copies_merge},
    {T_DeclareCursorStmt, {"ASENSITIVE", 14}, is_asensitive},

    // --- queries ---
    {T_SelectStmt, {"GROUP BY DISTINCT", 14}, set<&SelectStmt::groupDistinct>},
    {T_SelectStmt, {"a keyword as a label without AS", 14}, has_bare_keyword},
    {T_CommonTableExpr, {"SEARCH", 14}, set<&CommonTableExpr::search_clause>},
    {T_CommonTableExpr, {"CYCLE", 14}, set<&CommonTableExpr::cycle_clause>},
    {T_JoinExpr, {"an alias of JOIN … USING", 14}, set<&JoinExpr::join_using_alias>},
    {T_RangeSubselect, {"a subquery in FROM without an alias", 16}, has_no_alias},
    {T_JsonTable, {"JSON_TABLE", 17}, always},

    // --- expressions ---
    {T_A_Const, {"numbers like 0x1F and 1_000", 16}, is_new_number},
    {T_A_Const, {"numbers like 0x1F and 1_000", 16, 14}, is_number_and_label},
    {T_FuncCall, {"SUBSTRING (… SIMILAR …)", 14}, is_similar},
    {T_FuncCall, {"AT LOCAL", 17}, is_at_local},
    {T_JsonFormat, {"FORMAT JSON", 16}, set<&JsonFormat::format_type>},
    {T_JsonObjectConstructor, {"JSON_OBJECT", 16}, has_clauses<JsonObjectConstructor>},
    {T_JsonArrayConstructor, {"JSON_ARRAY", 16}, has_clauses<JsonArrayConstructor>},
    {T_JsonArrayQueryConstructor, {"JSON_ARRAY", 16}, always},
    {T_JsonObjectAgg, {"JSON_OBJECTAGG", 16}, always},
    {T_JsonArrayAgg, {"JSON_ARRAYAGG", 16}, has_clauses<JsonArrayAgg>},
    {T_JsonIsPredicate, {"IS JSON", 16}, always},
    {T_JsonParseExpr, {"JSON ()", 17}, has_clauses<JsonParseExpr>},
    {T_JsonSerializeExpr, {"JSON_SERIALIZE", 17}, set<&JsonSerializeExpr::output>},
    {T_JsonFuncExpr, {"JSON_EXISTS, JSON_VALUE, JSON_QUERY", 17}, has_clauses<JsonFuncExpr>},
    {T_XmlSerialize, {"XMLSERIALIZE … INDENT", 16}, set<&XmlSerialize::indent>},

    // --- options that are not only names ---
    {T_DefElem, {"INHERIT, SET and ADMIN of a role's grant", 16}, is_role_option},
    {T_DefElem, {"HEADER MATCH", 15}, is_header_match},
    {T_DefElem, {"FORMAT json of COPY", 19}, is_json_format},
};

}  // namespace

std::span<FormRow const> form_rows() {
  return form_table;
}

}  // namespace bellows::sql
