#include "batcher/signals/sampler.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace bellows::batcher {
namespace {

using postgres::Failure;
using postgres::Rows;
using postgres::Session;
using postgres::Transaction;
using Json = nlohmann::json;

// `own` are bellows' sessions, of any job: lanes by their advisory lock (a pooler may give them any
// name), the rest by name.
constexpr char const* given = R"(
WITH given AS (
  SELECT coalesce(nullif($1::text, ''), current_setting('TimeZone')) AS zone, $2::oid[] AS relations
), own AS MATERIALIZED (
  SELECT pid FROM pg_catalog.pg_locks WHERE locktype = 'advisory'
    AND classid::bigint = hashtext('bellows job') & 4294967295
  UNION SELECT pid FROM pg_catalog.pg_stat_activity WHERE starts_with(application_name, 'bellows')
  UNION SELECT pg_backend_pid()
)
SELECT jsonb_build_object(
  'now', extract(epoch FROM clock_timestamp()),
  'second', extract(epoch FROM (clock_timestamp() AT TIME ZONE (SELECT zone FROM given))::time)::int,
  'standby', pg_is_in_recovery(),
  'wal', CASE WHEN pg_is_in_recovery() THEN 0 ELSE (pg_current_wal_insert_lsn() - '0/0')::bigint END))";

struct Part {
  char const* name;
  bool needs_stats;  // what it shows of others wants pg_read_all_stats
  int from;          // server version …
  int upto;          // … and the first that has something else
  char const* sql;   // one jsonb
};

constexpr std::array<Part, 8> parts{{
    {Sampler::replicas, true, 0, 999999, R"(
SELECT coalesce(jsonb_agg(jsonb_build_object(
    'name', CASE WHEN application_name IN ('', 'walreceiver')
            THEN 'walreceiver' || coalesce('@' || client_addr::text, '') ELSE application_name END,
    'replayed', (coalesce(replay_lsn, flush_lsn, write_lsn, sent_lsn) - '0/0')::bigint,
    'lag', extract(epoch FROM replay_lag))), '[]')
FROM pg_catalog.pg_stat_replication WHERE state IS NULL OR state NOT IN ('backup', 'stopping'))"},
    {Sampler::slots, false, 0, 999999, R"(
SELECT coalesce(jsonb_agg(jsonb_build_object('name', slot_name, 'status', wal_status,
    'retained', CASE WHEN NOT pg_is_in_recovery()
                THEN greatest(pg_current_wal_insert_lsn() - restart_lsn, 0)::bigint END,
    'safe', safe_wal_size)), '[]')
FROM pg_catalog.pg_replication_slots)"},
    {Sampler::archive, false, 0, 999999, R"(
SELECT jsonb_build_object('on', current_setting('archive_mode') <> 'off', 'last', last_archived_wal,
    'segment', pg_size_bytes(current_setting('wal_segment_size')),
    'failing', coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false))
FROM pg_catalog.pg_stat_archiver)"},
    {Sampler::activity, true, 0, 999999, R"(
SELECT to_jsonb(count(*)) FROM pg_catalog.pg_stat_activity
WHERE state = 'active' AND backend_type = 'client backend'
  AND coalesce(wait_event_type, '') NOT IN ('Lock', 'Client', 'Timeout', 'Activity')
  AND pid NOT IN (SELECT pid FROM own))"},
    {Sampler::checkpoints, false, 0, 170000, R"(
SELECT jsonb_build_object('requested', checkpoints_req, 'timed', checkpoints_timed,
    'max_wal', pg_size_bytes(current_setting('max_wal_size')))
FROM pg_catalog.pg_stat_bgwriter)"},
    {Sampler::checkpoints, false, 170000, 999999, R"(
SELECT jsonb_build_object('requested', num_requested, 'timed', num_timed,
    'max_wal', pg_size_bytes(current_setting('max_wal_size')))
FROM pg_catalog.pg_stat_checkpointer)"},
    // Rows of this database are kept by its own snapshots, by anybody's transaction that writes, by
    // prepared ones, and by what replicas report through slots or without. VACUUM's own snapshot
    // keeps nothing.
    {Sampler::horizon, true, 0, 999999, R"(
SELECT coalesce(jsonb_agg(to_jsonb(holder)), '[]') FROM (
  (SELECT format('session %s of %s%s, %s', pid, usename,
                 coalesce(' (' || nullif(application_name, '') || ')', ''), coalesce(state, 'at work'))
            AS who, format('session %s %s', pid, xact_start) AS id,
          coalesce(backend_xid, backend_xmin)::text AS mark,
          extract(epoch FROM clock_timestamp() - coalesce(xact_start, query_start)) AS seconds,
          to_char(coalesce(xact_start, query_start), 'YYYY-MM-DD HH24:MI:SS') AS since,
          format('SELECT pg_terminate_backend(%s)', pid) AS ends
   FROM pg_catalog.pg_stat_activity
   WHERE (backend_xid IS NOT NULL OR (backend_xmin IS NOT NULL AND datname = current_database()))
     AND backend_type NOT IN ('autovacuum worker', 'walsender') AND pid NOT IN (SELECT pid FROM own)
     AND pid NOT IN (SELECT pid FROM pg_catalog.pg_stat_progress_vacuum)
   ORDER BY xact_start LIMIT 5)
  UNION ALL
  (SELECT format('prepared transaction %L of %s', gid, owner), 'prepared ' || gid, transaction::text,
          extract(epoch FROM clock_timestamp() - prepared),
          to_char(prepared, 'YYYY-MM-DD HH24:MI:SS'), format('ROLLBACK PREPARED %L', gid)
   FROM pg_catalog.pg_prepared_xacts ORDER BY prepared LIMIT 1)
  UNION ALL
  (SELECT format('slot %s', slot_name), format('slot %s', slot_name), xmin::text, NULL, NULL,
          format('SELECT pg_drop_replication_slot(%L)', slot_name)
   FROM pg_catalog.pg_replication_slots WHERE xmin IS NOT NULL ORDER BY age(xmin) DESC LIMIT 1)
  UNION ALL
  (SELECT format('a query on replica %s (hot_standby_feedback)', application_name),
          format('replica %s', application_name), backend_xmin::text, NULL, NULL, NULL
   FROM pg_catalog.pg_stat_replication WHERE backend_xmin IS NOT NULL
   ORDER BY age(backend_xmin) DESC LIMIT 1)) AS holder)"},
    {Sampler::autovacuum, true, 0, 999999, R"(
SELECT coalesce(jsonb_agg(jsonb_build_object('phase', v.phase,
    'wraparound', a.query LIKE '%to prevent wraparound%')), '[]')
FROM pg_catalog.pg_stat_progress_vacuum v JOIN pg_catalog.pg_stat_activity a USING (pid)
WHERE a.backend_type = 'autovacuum worker' AND v.relid = ANY (SELECT unnest(relations) FROM given))"},
}};

bool fits(Part const& part, int version) {
  return version >= part.from && version < part.upto;
}

template <typename Value>
std::optional<Value> optional(Json const& json, char const* key) {
  return json.contains(key) && !json[key].is_null() ? std::optional(json[key].get<Value>())
                                                    : std::nullopt;
}

std::vector<ReplicaSample> replicas_in(Json const& json) {
  std::vector<ReplicaSample> all;
  for (Json const& one : json) {
    all.push_back({.name = one.value("name", ""),
                   .replayed = optional<std::int64_t>(one, "replayed"),
                   .replay_lag = optional<double>(one, "lag")});
  }
  return all;
}

std::vector<SlotSample> slots_in(Json const& json) {
  std::vector<SlotSample> all;
  for (Json const& one : json) {
    all.push_back({.name = one.value("name", ""),
                   .status = optional<std::string>(one, "status").value_or("lost"),
                   .retained = optional<std::int64_t>(one, "retained"),
                   .safe = optional<std::int64_t>(one, "safe")});
  }
  return all;
}

std::vector<HolderSample> holders_in(Json const& json) {
  std::vector<HolderSample> all;
  for (Json const& one : json) {
    all.push_back({.who = optional<std::string>(one, "who").value_or("somebody"),
                   .id = optional<std::string>(one, "id").value_or(""),
                   .mark = optional<std::string>(one, "mark").value_or(""),
                   .seconds = optional<double>(one, "seconds"),
                   .since = optional<std::string>(one, "since").value_or(""),
                   .ends_by = optional<std::string>(one, "ends").value_or("")});
  }
  return all;
}

std::vector<VacuumSample> vacuums_in(Json const& json) {
  std::vector<VacuumSample> all;
  for (Json const& one : json) {
    all.push_back({.phase = optional<std::string>(one, "phase").value_or("begins"),
                   .wraparound = optional<bool>(one, "wraparound").value_or(false)});
  }
  return all;
}

ArchiverSample archiver_in(Json const& json) {
  return {.on = json.at("on").get<bool>(),
          .last = optional<std::string>(json, "last").value_or(""),
          .segment_bytes = json.at("segment").get<std::int64_t>(),
          .failing = json.at("failing").get<bool>()};
}

void put(Sample& sample, std::string const& name, Json const& json) {
  if (name == Sampler::replicas) {
    sample.replicas = replicas_in(json);
  } else if (name == Sampler::slots) {
    sample.slots = slots_in(json);
  } else if (name == Sampler::archive) {
    sample.archiver = archiver_in(json);
  } else if (name == Sampler::activity) {
    sample.active = json.get<int>();
  } else if (name == Sampler::checkpoints) {
    sample.checkpoints = {json.at("requested").get<std::int64_t>(),
                          json.at("timed").get<std::int64_t>(),
                          json.at("max_wal").get<std::int64_t>()};
  } else if (name == Sampler::horizon) {
    sample.holders = holders_in(json);
  } else if (name == Sampler::autovacuum) {
    sample.vacuums = vacuums_in(json);
  }
}

Sample clock_in(Json const& json) {
  Sample sample;
  sample.now = json.at("now").get<double>();
  sample.second_of_day = json.at("second").get<int>();
  sample.wal = json.at("wal").get<std::int64_t>();
  sample.standby = json.at("standby").get<bool>();
  return sample;
}

}  // namespace

Sampler::Sampler(std::vector<std::string> wanted, std::string relations, std::string time_zone)
    : wanted_(std::move(wanted)),
      relations_(std::move(relations)),
      time_zone_(std::move(time_zone)) {}

void Sampler::refuse(std::string const& name, std::string why) {
  if (std::erase(wanted_, name) > 0) {
    refused_.emplace_back(name, std::move(why));
  }
}

// Without the right the views have rows whose columns are empty: that must not look like calm.
void Sampler::begin_with(Session& session) {
  bool const sees_all =
      session.run("SELECT pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')")
          .truth(0, 0);
  for (Part const& part : parts) {
    if (part.needs_stats && !sees_all) {
      refuse(part.name, "our role may not see other sessions: GRANT pg_monitor TO it");
    }
  }
  begun_ = true;
}

std::string Sampler::query(Session const& session) const {
  std::string text = given;
  for (Part const& part : parts) {
    if (fits(part, session.server_version()) &&
        std::ranges::find(wanted_, part.name) != wanted_.end()) {
      text += fmt::format(",\n({})", part.sql);
    }
  }
  return text;
}

void Sampler::refuse_what_fails(Session& session) {
  for (std::string const& name : std::vector(wanted_)) {
    Sampler const alone({name}, relations_, time_zone_);
    try {
      session.run(alone.query(session), {time_zone_, relations_});
    } catch (Failure const& failure) {
      if (failure.kind != postgres::FailureKind::Permanent) {
        throw;
      }
      refuse(name, failure.what());
    }
  }
}

Sample Sampler::look(Session& session) {
  if (!begun_) {
    begin_with(session);
  }
  Rows rows;
  try {
    Transaction transaction = session.begin();
    transaction.set_local("statement_timeout", "5000");
    rows = transaction.run(query(session), {time_zone_, relations_});
    transaction.commit();
  } catch (Failure const& failure) {
    if (failure.kind == postgres::FailureKind::Permanent && session.alive()) {
      refuse_what_fails(session);
    }
    throw;
  }
  Sample sample = clock_in(Json::parse(rows.text(0, 0)));
  std::size_t column = 0;
  for (Part const& part : parts) {
    if (fits(part, session.server_version()) &&
        std::ranges::find(wanted_, part.name) != wanted_.end()) {
      ++column;
      if (auto const text = rows.value(0, column)) {
        put(sample, part.name, Json::parse(*text));
      }
    }
  }
  return sample;
}

std::vector<std::pair<std::string, std::string>> Sampler::take_refused() {
  return std::exchange(refused_, {});
}

std::vector<std::pair<int, int>> waiting_for(Session& session, std::vector<int> const& pids) {
  std::string list;
  for (int const pid : pids) {
    list += fmt::format("{}{}", list.empty() ? "" : ",", pid);
  }
  Transaction transaction = session.begin();
  transaction.set_local("statement_timeout", "5000");
  // pg_locks is seen by everybody, and only who waits there is asked about.
  Rows const rows = transaction.run(
      "SELECT DISTINCT waiting.pid, held.pid FROM pg_catalog.pg_locks waiting,"
      " unnest(pg_catalog.pg_blocking_pids(waiting.pid)) AS held(pid)"
      " WHERE NOT waiting.granted AND held.pid = ANY ($1::int[]) AND waiting.pid <> ALL "
      "($1::int[])",
      {"{" + list + "}"});
  std::vector<std::pair<int, int>> found;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    found.emplace_back(static_cast<int>(rows.number(row, 0)),
                       static_cast<int>(rows.number(row, 1)));
  }
  return found;
}

namespace {

std::optional<double> utilisation_in(std::string const& text) {
  if (text == "t" || text == "f") {
    return text == "t" ? 1.0 : 0.0;
  }
  double value = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool const number = error == std::errc{} && end == text.data() + text.size();
  return number ? std::optional(value) : std::nullopt;
}

std::string second_column(Rows const& rows) {
  try {
    return rows.text(0, 1);
  } catch (std::out_of_range const&) {
    return "";
  }
}

}  // namespace

SignalReading ask(Session& session, std::string const& query) {
  Transaction transaction = session.begin();
  transaction.set_local("statement_timeout", "1000");
  transaction.set_local("transaction_read_only", "on");
  Rows const rows = transaction.run(query);
  if (rows.empty() || !rows.value(0, 0)) {
    return {std::nullopt, "the throttle query answered nothing"};
  }
  std::string const text = rows.text(0, 0);
  auto const utilisation = utilisation_in(text);
  if (!utilisation) {
    return {std::nullopt,
            fmt::format("the throttle query answered '{}', not a number or boolean", text)};
  }
  std::string const why = second_column(rows);
  return {*utilisation, why.empty() ? fmt::format("the throttle query says {}", text) : why};
}

}  // namespace bellows::batcher
