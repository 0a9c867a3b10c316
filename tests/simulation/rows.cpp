#include "tests/simulation/rows.hpp"

#include <sqlite3.h>

#include <stdexcept>
#include <string_view>

namespace xxl::sim {
namespace {

row_listener* listening = nullptr;

/// The columns of a row, one after the other, as the triggers below name them.
class columns {
public:
  columns(sqlite3_value** values) : next_{values} {}
  std::int64_t number() { return sqlite3_value_int64(*next_++); }
  /// Empty for NULL.
  std::string text() {
    auto* bytes = sqlite3_value_text(*next_++);
    return bytes == nullptr ? "" : reinterpret_cast<const char*>(bytes);
  }
  std::optional<instant> time() {
    auto* v = *next_++;
    if (sqlite3_value_type(v) == SQLITE_NULL) return std::nullopt;
    return from_ms(sqlite3_value_int64(v));
  }
  template <class Enum> Enum as() { return static_cast<Enum>(number()); }

private:
  sqlite3_value** next_;
};

trigger_key key_of(columns& c) {
  trigger_key k;
  k.job = {c.number()};
  k.fire = from_ms(c.number());
  k.origin = c.text();
  k.attempt = static_cast<std::int16_t>(c.number());
  return k;
}

constexpr auto* open_columns =
    "trigger_id, job_id, fire_ms, origin, attempt, state, cause, session_id, epoch, handed, due_ms, kill_ms";
open_trigger open_of(columns& c) {
  open_trigger t;
  t.id = {c.number()};
  t.key = key_of(c);
  t.state = c.as<trigger_state>();
  t.cause = c.as<trigger_cause>();
  t.session = {c.number()};
  t.epoch = {c.number()};
  t.handed = static_cast<std::int16_t>(c.number());
  t.due = c.time();
  t.kill = c.time();
  return t;
}

constexpr auto* ended_columns = "trigger_id, job_id, fire_ms, origin, attempt, state, reason, session_id, version";
ended_trigger ended_of(columns& c) {
  ended_trigger t;
  t.id = {c.number()};
  t.key = key_of(c);
  t.state = c.as<trigger_state>();
  t.reason = c.as<state_reason>();
  t.session = {c.number()};
  t.version = static_cast<spec_version>(c.number());
  return t;
}

constexpr auto* fire_columns = "job_id, next_ms, last_ms, version, awaits_end";
fire_plan fire_of(columns& c) {
  fire_plan f;
  f.job = {c.number()};
  f.next = c.time();
  f.last = c.time();
  f.version = static_cast<spec_version>(c.number());
  f.awaits_end = c.number() != 0;
  return f;
}

constexpr auto* session_columns = "session_id, name, ended_ms, end_reason";
session_row session_of(columns& c) {
  session_row s;
  s.id = {c.number()};
  s.name = c.text();
  s.ended = c.time();
  s.how = c.as<session_end>();
  return s;
}

constexpr auto* gap_columns = "job_id, from_ms, to_ms, n, reason";
gap_row gap_of(columns& c) {
  gap_row g;
  g.job = {c.number()};
  g.from = from_ms(c.number());
  g.to = from_ms(c.number());
  g.fires = c.number();
  g.reason = c.as<state_reason>();
  return g;
}

constexpr auto* version_columns = "job_id, version, from_ms, after_ms, spec, enabled, paused";
version_row version_of(columns& c) {
  version_row v;
  v.job = {c.number()};
  v.version = static_cast<spec_version>(c.number());
  v.from = from_ms(c.number());
  v.after = c.time();
  v.spec = c.text();
  v.enabled = c.number() != 0;
  v.paused = c.number() != 0;
  return v;
}

/// xxl_row(what happened, columns …)
void tell(sqlite3_context*, int, sqlite3_value** values) {
  if (listening == nullptr) return;
  std::string_view what = reinterpret_cast<const char*>(sqlite3_value_text(values[0]));
  columns c{values + 1};
  if (what == "open insert") {
    listening->inserted(open_of(c));
  } else if (what == "open update") {
    auto before = open_of(c);
    listening->updated(before, open_of(c));
  } else if (what == "open delete") {
    listening->removed(open_of(c));
  } else if (what == "history insert") {
    listening->inserted(ended_of(c));
  } else if (what == "history update" || what == "history delete") {
    listening->rewritten(ended_of(c));
  } else if (what == "fire insert") {
    listening->inserted(fire_of(c));
  } else if (what == "fire update") {
    auto before = fire_of(c);
    listening->updated(before, fire_of(c));
  } else if (what == "session update") {
    auto before = session_of(c);
    listening->updated(before, session_of(c));
  } else if (what == "gap insert") {
    listening->inserted(gap_of(c));
  } else if (what == "version insert") {
    listening->inserted(version_of(c));
  } else if (what == "leader update") {
    epoch_id before{c.number()};
    listening->raised(before, {c.number()});
  }
}

int add_function(sqlite3* db, char**, const sqlite3_api_routines*) {
  return sqlite3_create_function(db, "xxl_row", -1, SQLITE_UTF8, nullptr, tell, nullptr, nullptr);
}

/// "OLD.a, OLD.b"
std::string of(std::string_view row, std::string_view columns) {
  std::string text;
  for (std::size_t from = 0; from < columns.size();) {
    auto to = std::min(columns.find(", ", from), columns.size());
    text.append(text.empty() ? "" : ", ").append(row).append(".").append(columns.substr(from, to - from));
    from = to + 2;
  }
  return text;
}

void run(sqlite3* db, const std::string& sql) {
  if (sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    throw std::runtime_error{"SQLite: " + sql + ": " + sqlite3_errmsg(db)};
}

void watch(sqlite3* db, const std::string& name, const std::string& table, const std::string& columns,
           const std::string& event) {
  std::string rows;
  if (event != "INSERT") rows += ", " + of("OLD", columns);
  if (event != "DELETE") rows += ", " + of("NEW", columns);
  auto what = name + " " + (event == "INSERT" ? "insert" : event == "UPDATE" ? "update" : "delete");
  run(db, "CREATE TRIGGER \"" + what + "\" AFTER " + event + " ON " + table + " BEGIN SELECT xxl_row('" + what + "'" +
              rows + "); END");
}

} // namespace

std::string to_string(const trigger_key& k) {
  return "(job " + to_string(k.job) + ", fire " + std::to_string(to_ms(k.fire)) + ", origin '" + k.origin +
         "', attempt " + std::to_string(k.attempt) + ")";
}

row_watch::row_watch(row_listener& to) {
  listening = &to;
  sqlite3_auto_extension(reinterpret_cast<void (*)()>(add_function));
}

row_watch::~row_watch() {
  sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(add_function));
  listening = nullptr;
}

void row_watch::prepare(const std::filesystem::path& database) {
  sqlite3* db = nullptr;
  if (sqlite3_open(database.c_str(), &db) != SQLITE_OK) throw std::runtime_error{"cannot open " + database.string()};
  for (auto* event : {"INSERT", "UPDATE", "DELETE"}) {
    watch(db, "open", "trigger_open", open_columns, event);
    watch(db, "history", "trigger_history", ended_columns, event);
  }
  watch(db, "fire", "job_fire", fire_columns, "INSERT");
  watch(db, "fire", "job_fire", fire_columns, "UPDATE");
  watch(db, "session", "executor_session", session_columns, "UPDATE");
  watch(db, "gap", "gap", gap_columns, "INSERT");
  watch(db, "version", "job_version", version_columns, "INSERT");
  watch(db, "leader", "leader", "epoch", "UPDATE");
  sqlite3_close(db);
}

} // namespace xxl::sim
