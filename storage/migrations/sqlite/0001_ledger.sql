-- The whole schema of the ledger, SQLite. Times are Unix milliseconds, UTC; booleans are 0 and 1; JSON is TEXT.
-- One statement between two split marks (the lines of a double semicolon); comments are removed before it is sent.

-- Paused: the whole cluster; the fence reads it
CREATE TABLE leader (
  one INTEGER PRIMARY KEY DEFAULT 1 CHECK (one = 1), epoch INTEGER NOT NULL, node TEXT NOT NULL,
  since_ms INTEGER NOT NULL, incarnation TEXT NOT NULL, paused INTEGER NOT NULL DEFAULT 0
) STRICT;
-- ;;

CREATE TABLE node (
  node TEXT PRIMARY KEY, address TEXT NOT NULL, version TEXT NOT NULL, started_ms INTEGER NOT NULL,
  seen_ms INTEGER NOT NULL
) STRICT;
-- ;;

CREATE TABLE executor_group (
  group_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, title TEXT NOT NULL, address_mode INTEGER NOT NULL,
  addresses TEXT NOT NULL DEFAULT '[]', paused INTEGER NOT NULL DEFAULT 0, version INTEGER NOT NULL DEFAULT 1
) STRICT;
-- ;;

-- One row per life of an executor process
CREATE TABLE executor_session (
  session_id INTEGER PRIMARY KEY, group_id INTEGER NOT NULL REFERENCES executor_group, name TEXT NOT NULL,
  address TEXT NOT NULL DEFAULT '', kind INTEGER NOT NULL, version TEXT NOT NULL, labels TEXT NOT NULL DEFAULT '{}',
  draining INTEGER NOT NULL DEFAULT 0, started_ms INTEGER NOT NULL, lease_until_ms INTEGER NOT NULL,
  ended_ms INTEGER, end_reason INTEGER
) STRICT;
-- ;;

CREATE UNIQUE INDEX executor_session_live ON executor_session (group_id, name) WHERE ended_ms IS NULL;
-- ;;

-- version = job_fire.version = the newest job_version.version, always.
CREATE TABLE job (
  job_id INTEGER PRIMARY KEY, group_id INTEGER NOT NULL REFERENCES executor_group, name TEXT NOT NULL,
  version INTEGER NOT NULL, spec TEXT NOT NULL, enabled INTEGER NOT NULL, paused INTEGER NOT NULL DEFAULT 0,
  owner TEXT NOT NULL DEFAULT '', source TEXT NOT NULL DEFAULT '', deleted_ms INTEGER,
  UNIQUE (group_id, name)
) STRICT;
-- ;;

-- Append-only; spec NULL = as before; `xxlctl audit` replays it
CREATE TABLE job_version (
  job_id INTEGER NOT NULL REFERENCES job, version INTEGER NOT NULL, from_ms INTEGER NOT NULL, after_ms INTEGER,
  spec TEXT, enabled INTEGER NOT NULL, paused INTEGER NOT NULL, first_fire_ms INTEGER, tzdb TEXT NOT NULL,
  who TEXT NOT NULL,
  PRIMARY KEY (job_id, version)
) STRICT;
-- ;;

-- The plan: narrow, because every fire updates it. awaits_end parts "waiting for the end" (fixed delay) from "resting".
CREATE TABLE job_fire (
  job_id INTEGER PRIMARY KEY, next_ms INTEGER, last_ms INTEGER, fires INTEGER NOT NULL DEFAULT 0,
  version INTEGER NOT NULL, awaits_end INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT job_fire_forward CHECK (next_ms > last_ms AND NOT (awaits_end AND next_ms IS NOT NULL))
) STRICT;
-- ;;

-- The one index on a changing column: ~1 µs, 90 B
CREATE INDEX job_fire_next ON job_fire (next_ms, job_id) WHERE next_ms IS NOT NULL;
-- ;;

-- For the reconciler, each second
CREATE INDEX job_fire_awaits ON job_fire (job_id) WHERE awaits_end;
-- ;;

-- Fires that were due and never in the ledger; from, to: the first and the last
CREATE TABLE gap (
  job_id INTEGER NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL, n INTEGER NOT NULL,
  at_ms INTEGER NOT NULL, version INTEGER NOT NULL, reason INTEGER NOT NULL,
  PRIMARY KEY (job_id, from_ms)
) STRICT;
-- ;;

-- Instead of a sequence.
CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
-- ;;

-- Open triggers only: a completion moves the row to trigger_history. NULL means the usual case: planned_ms as fire_ms,
-- run_id as trigger_id. trigger_open_owned: a row is waiting, a session's, or a parent's; nobody's rows cannot exist.
CREATE TABLE trigger_open (
  trigger_id INTEGER PRIMARY KEY, job_id INTEGER NOT NULL, fire_ms INTEGER NOT NULL, planned_ms INTEGER,
  run_id INTEGER, after_id INTEGER, parent_id INTEGER, session_id INTEGER, epoch INTEGER NOT NULL,
  claimed_ms INTEGER, due_ms INTEGER, sent_ms INTEGER, started_ms INTEGER, kill_ms INTEGER,
  version INTEGER NOT NULL, open_shards INTEGER, origin TEXT NOT NULL DEFAULT '', shard INTEGER NOT NULL DEFAULT -1,
  shards INTEGER NOT NULL DEFAULT 0, attempt INTEGER NOT NULL DEFAULT 1, handed INTEGER NOT NULL DEFAULT 0,
  state INTEGER NOT NULL, cause INTEGER NOT NULL, reason INTEGER NOT NULL DEFAULT 0, target TEXT, params TEXT,
  CONSTRAINT trigger_open_once UNIQUE (job_id, fire_ms, origin, shard, attempt),
  CONSTRAINT trigger_open_owned CHECK (
    (state = 0) = (due_ms IS NOT NULL) AND (state = 0) <= (session_id IS NULL) AND
    coalesce(due_ms, session_id, open_shards) IS NOT NULL)
) STRICT;
-- ;;

-- Only `waiting` rows have a due_ms
CREATE INDEX trigger_open_due ON trigger_open (due_ms, trigger_id) WHERE due_ms IS NOT NULL;
-- ;;

CREATE INDEX trigger_open_kill ON trigger_open (trigger_id) WHERE kill_ms IS NOT NULL;
-- ;;

-- Append-only.
CREATE TABLE trigger_history (
  trigger_id INTEGER PRIMARY KEY, job_id INTEGER NOT NULL, fire_ms INTEGER NOT NULL, planned_ms INTEGER,
  run_id INTEGER, after_id INTEGER, parent_id INTEGER, session_id INTEGER, epoch INTEGER NOT NULL,
  claimed_ms INTEGER, sent_ms INTEGER, started_ms INTEGER, ended_ms INTEGER NOT NULL, version INTEGER NOT NULL,
  origin TEXT NOT NULL, shard INTEGER NOT NULL, shards INTEGER NOT NULL, attempt INTEGER NOT NULL,
  state INTEGER NOT NULL, cause INTEGER NOT NULL, reason INTEGER NOT NULL, target TEXT, params TEXT, message TEXT
) STRICT;
-- ;;

CREATE UNIQUE INDEX trigger_history_once ON trigger_history (job_id, fire_ms, origin, shard, attempt);
-- ;;

-- Retries, shards, children
CREATE INDEX trigger_history_run ON trigger_history (run_id) WHERE run_id IS NOT NULL;
-- ;;

CREATE INDEX trigger_history_bad ON trigger_history (fire_ms) WHERE state <> 4;
-- ;;

CREATE TABLE request (
  request_id TEXT PRIMARY KEY, kind INTEGER NOT NULL, trigger_id INTEGER NOT NULL, fire_ms INTEGER NOT NULL,
  who TEXT NOT NULL, at_ms INTEGER NOT NULL
) STRICT;
-- ;;

CREATE TABLE backfill (
  backfill_id INTEGER PRIMARY KEY, job_id INTEGER NOT NULL REFERENCES job, from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL, next_ms INTEGER, mode INTEGER NOT NULL, state INTEGER NOT NULL
) STRICT;
-- ;;

CREATE TABLE log_index (
  trigger_id INTEGER NOT NULL, fire_ms INTEGER NOT NULL, session_id INTEGER NOT NULL, lines INTEGER NOT NULL,
  bytes INTEGER NOT NULL, place TEXT NOT NULL,
  PRIMARY KEY (trigger_id, fire_ms)
) STRICT;
-- ;;

CREATE TABLE alarm_outbox (
  alarm_id INTEGER PRIMARY KEY, dedupe_key TEXT NOT NULL UNIQUE, due_ms INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, sent_ms INTEGER, body TEXT NOT NULL
) STRICT;
-- ;;

CREATE INDEX alarm_outbox_due ON alarm_outbox (due_ms) WHERE sent_ms IS NULL;
-- ;;

CREATE TABLE dependency (
  child_id INTEGER NOT NULL REFERENCES job, parent_id INTEGER NOT NULL REFERENCES job, on_outcome INTEGER NOT NULL,
  PRIMARY KEY (parent_id, child_id)
) STRICT;
-- ;;

CREATE TABLE join_run (
  child_id INTEGER NOT NULL, run_id INTEGER NOT NULL, needs INTEGER NOT NULL, arrived INTEGER NOT NULL,
  PRIMARY KEY (child_id, run_id)
) STRICT;
-- ;;

-- A parent and its re-run are one
CREATE TABLE join_arrival (
  child_id INTEGER NOT NULL, run_id INTEGER NOT NULL, parent_job INTEGER NOT NULL,
  PRIMARY KEY (child_id, run_id, parent_job)
) STRICT, WITHOUT ROWID;
-- ;;

-- Appended by completions, folded into report_day: no hot row.
CREATE TABLE counter_delta (
  day INTEGER NOT NULL, job_id INTEGER NOT NULL, state INTEGER NOT NULL, late_bucket INTEGER NOT NULL,
  dur_bucket INTEGER NOT NULL, n INTEGER NOT NULL, duration_ms INTEGER NOT NULL
) STRICT;
-- ;;

CREATE TABLE report_day (
  day INTEGER NOT NULL, job_id INTEGER NOT NULL, triggered INTEGER NOT NULL, succeeded INTEGER NOT NULL,
  failed INTEGER NOT NULL, late_hist BLOB, dur_hist BLOB,
  PRIMARY KEY (day, job_id)
) STRICT;
-- ;;

CREATE TABLE calendar (name TEXT PRIMARY KEY, version INTEGER NOT NULL, spec TEXT NOT NULL) STRICT;
-- ;;

CREATE TABLE route_state (job_id INTEGER PRIMARY KEY, state BLOB NOT NULL, saved_ms INTEGER NOT NULL) STRICT;
-- ;;

CREATE TABLE script (
  job_id INTEGER NOT NULL REFERENCES job, version INTEGER NOT NULL, language INTEGER NOT NULL, source TEXT NOT NULL,
  note TEXT NOT NULL, saved_ms INTEGER NOT NULL, who TEXT NOT NULL,
  PRIMARY KEY (job_id, version)
) STRICT;
-- ;;

CREATE TABLE operator (
  name TEXT PRIMARY KEY, role INTEGER NOT NULL, secret_hash TEXT NOT NULL, groups TEXT NOT NULL DEFAULT '[]'
) STRICT;
-- ;;

CREATE TABLE operator_log (
  entry_id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, target TEXT NOT NULL,
  before TEXT, after TEXT
) STRICT;
-- ;;

CREATE INDEX operator_log_target ON operator_log (target, entry_id);
-- ;;

CREATE TABLE schema_version (
  version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_ms INTEGER NOT NULL
) STRICT;
-- ;;

-- No leader yet: the first takeover raises the epoch.
INSERT INTO leader (one, epoch, node, since_ms, incarnation) VALUES (1, 0, '', 0, '');
