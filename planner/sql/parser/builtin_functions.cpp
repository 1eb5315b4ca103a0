#include "planner/sql/parser/builtin_functions.hpp"

#include <algorithm>
#include <unordered_map>

namespace bellows::sql {

namespace {

struct Names {
  FunctionKind kind;
  std::string_view names;
};

// Names that start with pg_ and are not listed are Plain: the prefix is PostgreSQL's own.
constexpr Names all_names[] = {
    {FunctionKind::Aggregate,
     "any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop "
     "covar_samp cume_dist dense_rank every json_agg json_arrayagg json_object_agg "
     "json_objectagg jsonb_agg jsonb_object_agg max min mode percent_rank percentile_cont "
     "percentile_disc range_agg range_intersect_agg rank regr_avgx regr_avgy regr_count "
     "regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy stddev stddev_pop "
     "stddev_samp string_agg sum var_pop var_samp variance xmlagg"},
    {FunctionKind::Window, "first_value lag last_value lead nth_value ntile row_number"},
    {FunctionKind::Rows,
     "_pg_expandarray aclexplode generate_series generate_subscripts json_array_elements "
     "json_array_elements_text json_each json_each_text json_object_keys "
     "json_populate_recordset json_to_recordset jsonb_array_elements "
     "jsonb_array_elements_text jsonb_each jsonb_each_text jsonb_object_keys "
     "jsonb_path_query jsonb_path_query_tz jsonb_populate_recordset jsonb_to_recordset "
     "regexp_matches regexp_split_to_table string_to_table ts_debug ts_parse ts_stat "
     "ts_token_type txid_snapshot_xip unnest"},
    {FunctionKind::Volatile,
     "amvalidate clock_timestamp current_query currtid2 currval cursor_to_xml "
     "cursor_to_xmlschema gen_random_bytes gen_random_uuid gen_salt lastval lo_close "
     "lo_creat lo_create lo_export lo_from_bytea lo_get lo_import lo_lseek lo_lseek64 "
     "lo_open lo_put lo_tell lo_tell64 lo_truncate lo_truncate64 lo_unlink loread lowrite "
     "nextval pg_advisory_lock pg_advisory_lock_shared pg_advisory_unlock "
     "pg_advisory_unlock_all pg_advisory_unlock_shared pg_advisory_xact_lock "
     "pg_advisory_xact_lock_shared pg_backup_start pg_backup_stop pg_blocking_pids "
     "pg_cancel_backend pg_collation_actual_version pg_current_logfile "
     "pg_current_wal_flush_lsn pg_current_wal_insert_lsn pg_current_wal_lsn "
     "pg_database_collation_actual_version pg_database_size pg_export_snapshot "
     "pg_indexes_size pg_is_in_recovery pg_is_wal_replay_paused pg_jit_available "
     "pg_log_backend_memory_contexts pg_nextoid pg_notification_queue_usage pg_notify "
     "pg_promote pg_relation_size pg_reload_conf pg_safe_snapshot_blocking_pids "
     "pg_sequence_last_value pg_sleep pg_sleep_for pg_sleep_until "
     "pg_stop_making_pinned_objects pg_switch_wal pg_table_size pg_tablespace_size "
     "pg_terminate_backend pg_total_relation_size pg_try_advisory_lock "
     "pg_try_advisory_lock_shared pg_try_advisory_xact_lock pg_try_advisory_xact_lock_shared "
     "pg_xact_commit_timestamp pg_xact_commit_timestamp_origin pg_xact_status "
     "plpgsql_call_handler plpgsql_validator query_to_xml query_to_xml_and_xmlschema "
     "query_to_xmlschema random random_normal set_config setseed setval timeofday ts_rewrite "
     "txid_status uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 uuidv4 uuidv7"},
    {FunctionKind::Plain,
     "_pg_char_max_length _pg_char_octet_length _pg_datetime_precision _pg_index_position "
     "_pg_interval_type _pg_numeric_precision _pg_numeric_precision_radix _pg_numeric_scale "
     "_pg_truetypid _pg_truetypmod abbrev abs acldefault acos acosd acosh age area "
     "array_dims array_fill array_length array_lower array_ndims array_position "
     "array_positions array_remove array_replace array_reverse array_sample array_shuffle "
     "array_sort array_to_json array_to_string array_to_tsvector array_upper ascii asin "
     "asind asinh atan atan2 atan2d atand atanh bit bit_count bit_length bool box bpchar "
     "broadcast btrim cardinality casefold cash_words cbrt ceil ceiling center char "
     "char_length character_length chr cidr circle col_description concat concat_ws convert "
     "convert_from convert_to cos cosd cosh cot cotd crc32 crc32c crypt current_database "
     "current_schema current_schemas current_setting current_user database_to_xml "
     "database_to_xml_and_xmlschema database_to_xmlschema date date_add date_bin date_part "
     "date_subtract date_trunc datemultirange daterange decode degrees diagonal diameter "
     "digest div encode enum_first enum_last enum_range erf erfc exp extract factorial "
     "family float4 float8 floor format format_type gamma gcd get_bit get_byte "
     "get_current_ts_config getdatabaseencoding getpgusername has_any_column_privilege "
     "has_column_privilege has_database_privilege has_foreign_data_wrapper_privilege "
     "has_function_privilege has_language_privilege has_parameter_privilege "
     "has_schema_privilege has_sequence_privilege has_server_privilege has_table_privilege "
     "has_tablespace_privilege has_type_privilege hash_multirange hash_range height hmac "
     "host hostmask icu_unicode_version inet_client_addr inet_client_port inet_merge "
     "inet_same_family inet_server_addr inet_server_port initcap int2 int4 int4inc "
     "int4multirange int4range int8 int8dec int8dec_any int8inc int8inc_any int8multirange "
     "int8range interval is_normalized isclosed isempty isfinite ishorizontal isopen "
     "isparallel isperp isvertical json_array json_array_length json_build_array "
     "json_build_object json_exists json_object json_populate_record json_query json_scalar "
     "json_serialize json_strip_nulls json_to_record json_to_tsvector json_typeof json_value "
     "jsonb_array_length jsonb_build_array jsonb_build_object jsonb_insert jsonb_object "
     "jsonb_path_exists jsonb_path_exists_tz jsonb_path_match jsonb_path_match_tz "
     "jsonb_path_query_array jsonb_path_query_array_tz jsonb_path_query_first "
     "jsonb_path_query_first_tz jsonb_populate_record jsonb_pretty jsonb_set jsonb_set_lax "
     "jsonb_strip_nulls jsonb_to_record jsonb_to_tsvector jsonb_typeof justify_days "
     "justify_hours justify_interval lcm left length lgamma like like_escape line ln log "
     "log10 lower lower_inc lower_inf lpad lseg ltrim macaddr macaddr8 macaddr8_set7bit "
     "make_date make_interval make_time make_timestamp make_timestamptz makeaclitem masklen "
     "md5 min_scale mod money multirange mxid_age name nameconcatoid netmask network "
     "normalize notlike now npoints num_nonnulls num_nulls numeric numeric_div_trunc "
     "numeric_exp numeric_inc numeric_ln numeric_log numeric_sqrt nummultirange numnode "
     "numrange obj_description octet_length oid oidvectortypes overlaps overlay parse_ident "
     "path pclose phraseto_tsquery pi plainto_tsquery point polygon popen position "
     "postgresql_fdw_validator pow power querytree quote_ident quote_literal quote_nullable "
     "radians radius range_merge regclass regexp_count regexp_instr regexp_like regexp_match "
     "regexp_replace regexp_split_to_array regexp_substr repeat replace reverse right round "
     "row_security_active row_to_json rpad rtrim satisfies_hash_partition scale "
     "schema_to_xml schema_to_xml_and_xmlschema schema_to_xmlschema session_user set_bit "
     "set_byte set_masklen setweight sha224 sha256 sha384 sha512 shobj_description sign "
     "similar_escape similar_to_escape sin sind sinh slope split_part sqrt "
     "statement_timestamp string_to_array strip strpos substr substring system_user "
     "table_to_xml table_to_xml_and_xmlschema table_to_xmlschema tan tand tanh text time "
     "timestamp timestamptz timetz timezone to_ascii to_bin to_char to_date to_hex to_json "
     "to_jsonb to_number to_oct to_regclass to_regcollation to_regnamespace to_regoper "
     "to_regoperator to_regproc to_regprocedure to_regrole to_regtype to_timestamp "
     "to_tsquery to_tsvector transaction_timestamp translate trim_array trim_scale trunc "
     "ts_delete ts_filter ts_headline ts_lexize ts_rank ts_rank_cd tsmultirange "
     "tsquery_phrase tsrange tstzmultirange tstzrange tsvector_to_array txid_current "
     "txid_current_if_assigned txid_current_snapshot txid_snapshot_xmax txid_snapshot_xmin "
     "txid_visible_in_snapshot unaccent unicode_assigned unicode_version unistr upper "
     "upper_inc upper_inf uuid_extract_timestamp uuid_extract_version uuid_generate_v3 "
     "uuid_generate_v5 uuid_nil uuid_ns_dns uuid_ns_oid uuid_ns_url uuid_ns_x500 varbit "
     "varchar version websearch_to_tsquery width width_bucket xid xml xml_is_well_formed "
     "xml_is_well_formed_content xml_is_well_formed_document xmlcomment xmlexists "
     "xmlvalidate xpath xpath_exists"},
};

std::unordered_map<std::string_view, FunctionKind> read_names() {
  std::unordered_map<std::string_view, FunctionKind> kinds;
  for (Names const& list : all_names) {
    std::string_view rest = list.names;
    while (!rest.empty()) {
      std::size_t const end = std::min(rest.find(' '), rest.size());
      kinds.emplace(rest.substr(0, end), list.kind);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return kinds;
}

}  // namespace

FunctionKind function_kind(std::string_view name) {
  static auto const kinds = read_names();
  if (auto const found = kinds.find(name); found != kinds.end()) {
    return found->second;
  }
  return name.starts_with("pg_") ? FunctionKind::Plain : FunctionKind::Unknown;
}

}  // namespace bellows::sql
