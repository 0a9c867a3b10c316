-- The whole schema of the ledger, PostgreSQL. Times are Unix milliseconds, UTC.
-- Partitions of trigger_history and log_index: catalog::ensure_days.
-- One statement between two split marks (the lines of a double semicolon); comments are removed before it is sent.

-- Paused: the whole cluster; the fence reads it
CREATE TABLE leader (
  one smallint PRIMARY KEY DEFAULT 1 CHECK (one = 1), epoch bigint NOT NULL, node text NOT NULL,
  since_ms bigint NOT NULL, incarnation text NOT NULL, paused boolean NOT NULL DEFAULT false
) WITH (fillfactor = 10);
-- ;;

CREATE TABLE node (
  node text PRIMARY KEY, address text NOT NULL, version text NOT NULL, started_ms bigint NOT NULL,
  seen_ms bigint NOT NULL
) WITH (fillfactor = 50);
-- ;;

CREATE TABLE executor_group (
  group_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE, title text NOT NULL,
  address_mode smallint NOT NULL, addresses jsonb NOT NULL DEFAULT '[]', paused boolean NOT NULL DEFAULT false,
  version int NOT NULL DEFAULT 1
);
-- ;;

-- One row per life of an executor process
CREATE TABLE executor_session (
  session_id bigint PRIMARY KEY, group_id int NOT NULL REFERENCES executor_group, name text NOT NULL,
  address text NOT NULL DEFAULT '', kind smallint NOT NULL, version text NOT NULL,
  labels jsonb NOT NULL DEFAULT '{}', draining boolean NOT NULL DEFAULT false, started_ms bigint NOT NULL,
  lease_until_ms bigint NOT NULL, ended_ms bigint, end_reason smallint
) WITH (fillfactor = 50);
-- ;;

CREATE UNIQUE INDEX executor_session_live ON executor_session (group_id, name) WHERE ended_ms IS NULL;
-- ;;

-- version = job_fire.version = the newest job_version.version, always.
CREATE TABLE job (
  job_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, group_id int NOT NULL REFERENCES executor_group,
  name text NOT NULL, version int NOT NULL, spec jsonb NOT NULL, enabled boolean NOT NULL,
  paused boolean NOT NULL DEFAULT false, owner text NOT NULL DEFAULT '', source text NOT NULL DEFAULT '',
  deleted_ms bigint,
  UNIQUE (group_id, name)
);
-- ;;

-- Append-only; spec NULL = as before; `xxlctl audit` replays it
CREATE TABLE job_version (
  job_id bigint NOT NULL REFERENCES job, version int NOT NULL, from_ms bigint NOT NULL, after_ms bigint, spec jsonb,
  enabled boolean NOT NULL, paused boolean NOT NULL, first_fire_ms bigint, tzdb text NOT NULL, who text NOT NULL,
  PRIMARY KEY (job_id, version)
);
-- ;;

-- The plan: narrow, because every fire updates it. awaits_end parts "waiting for the end" (fixed delay) from "resting".
CREATE TABLE job_fire (
  job_id bigint PRIMARY KEY, next_ms bigint, last_ms bigint, fires bigint NOT NULL DEFAULT 0, version int NOT NULL,
  awaits_end boolean NOT NULL DEFAULT false,
  CONSTRAINT job_fire_forward CHECK (next_ms > last_ms AND NOT (awaits_end AND next_ms IS NOT NULL))
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);
-- ;;

-- The one index on a changing column: ~1 µs, 90 B
CREATE INDEX job_fire_next ON job_fire (next_ms, job_id) WHERE next_ms IS NOT NULL;
-- ;;

-- For the reconciler, each second
CREATE INDEX job_fire_awaits ON job_fire (job_id) WHERE awaits_end;
-- ;;

-- Fires that were due and never in the ledger; from, to: the first and the last
CREATE TABLE gap (
  job_id bigint NOT NULL, from_ms bigint NOT NULL, to_ms bigint NOT NULL, n bigint NOT NULL, at_ms bigint NOT NULL,
  version int NOT NULL, reason smallint NOT NULL,
  PRIMARY KEY (job_id, from_ms)
);
-- ;;

-- A node takes ids in blocks of 1,000
CREATE SEQUENCE trigger_block INCREMENT BY 1000;
-- ;;

-- Open triggers only: a completion moves the row to trigger_history. NULL means the usual case: planned_ms as fire_ms,
-- run_id as trigger_id. trigger_open_owned: a row is waiting, a session's, or a parent's; nobody's rows cannot exist.
CREATE TABLE trigger_open (
  trigger_id bigint PRIMARY KEY, job_id bigint NOT NULL, fire_ms bigint NOT NULL, planned_ms bigint, run_id bigint,
  after_id bigint, parent_id bigint, session_id bigint, epoch bigint NOT NULL, claimed_ms bigint, due_ms bigint,
  sent_ms bigint, started_ms bigint, kill_ms bigint, version int NOT NULL, open_shards int,
  origin text COLLATE "C" NOT NULL DEFAULT '', shard smallint NOT NULL DEFAULT -1,
  shards smallint NOT NULL DEFAULT 0, attempt smallint NOT NULL DEFAULT 1, handed smallint NOT NULL DEFAULT 0,
  state smallint NOT NULL, cause smallint NOT NULL, reason smallint NOT NULL DEFAULT 0, target text, params text,
  CONSTRAINT trigger_open_once UNIQUE (job_id, fire_ms, origin, shard, attempt),
  CONSTRAINT trigger_open_owned CHECK (
    (state = 0) = (due_ms IS NOT NULL) AND (state = 0) <= (session_id IS NULL) AND
    coalesce(due_ms, session_id, open_shards) IS NOT NULL)
) WITH (
  fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
  autovacuum_vacuum_cost_delay = 0
);
-- ;;

-- Only `waiting` rows have a due_ms
CREATE INDEX trigger_open_due ON trigger_open (due_ms, trigger_id) WHERE due_ms IS NOT NULL;
-- ;;

CREATE INDEX trigger_open_kill ON trigger_open (trigger_id) WHERE kill_ms IS NOT NULL;
-- ;;

-- Append-only.
CREATE TABLE trigger_history (
  trigger_id bigint NOT NULL, job_id bigint NOT NULL, fire_ms bigint NOT NULL, planned_ms bigint, run_id bigint,
  after_id bigint, parent_id bigint, session_id bigint, epoch bigint NOT NULL, claimed_ms bigint, sent_ms bigint,
  started_ms bigint, ended_ms bigint NOT NULL, version int NOT NULL, origin text COLLATE "C" NOT NULL,
  shard smallint NOT NULL, shards smallint NOT NULL, attempt smallint NOT NULL, state smallint NOT NULL,
  cause smallint NOT NULL, reason smallint NOT NULL, target text, params text, message text,
  CONSTRAINT trigger_history_once PRIMARY KEY (job_id, fire_ms, origin, shard, attempt)
) PARTITION BY RANGE (fire_ms);
-- ;;

CREATE INDEX trigger_history_id ON trigger_history (trigger_id);
-- ;;

-- Retries, shards, children
CREATE INDEX trigger_history_run ON trigger_history (run_id) WHERE run_id IS NOT NULL;
-- ;;

CREATE INDEX trigger_history_bad ON trigger_history (fire_ms) WHERE state <> 4;
-- ;;

CREATE TABLE request (
  request_id text PRIMARY KEY, kind smallint NOT NULL, trigger_id bigint NOT NULL, fire_ms bigint NOT NULL,
  who text NOT NULL, at_ms bigint NOT NULL
);
-- ;;

CREATE TABLE backfill (
  backfill_id bigint PRIMARY KEY, job_id bigint NOT NULL REFERENCES job, from_ms bigint NOT NULL,
  to_ms bigint NOT NULL, next_ms bigint, mode smallint NOT NULL, state smallint NOT NULL
);
-- ;;

CREATE TABLE log_index (
  trigger_id bigint NOT NULL, fire_ms bigint NOT NULL, session_id bigint NOT NULL, lines bigint NOT NULL,
  bytes bigint NOT NULL, place text NOT NULL,
  PRIMARY KEY (trigger_id, fire_ms)
) PARTITION BY RANGE (fire_ms);
-- ;;

CREATE TABLE alarm_outbox (
  alarm_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, dedupe_key text NOT NULL UNIQUE, due_ms bigint NOT NULL,
  attempts smallint NOT NULL DEFAULT 0, sent_ms bigint, body jsonb NOT NULL
);
-- ;;

CREATE INDEX alarm_outbox_due ON alarm_outbox (due_ms) WHERE sent_ms IS NULL;
-- ;;

CREATE TABLE dependency (
  child_id bigint NOT NULL REFERENCES job, parent_id bigint NOT NULL REFERENCES job, on_outcome smallint NOT NULL,
  PRIMARY KEY (parent_id, child_id)
);
-- ;;

CREATE TABLE join_run (
  child_id bigint NOT NULL, run_id bigint NOT NULL, needs int NOT NULL, arrived int NOT NULL,
  PRIMARY KEY (child_id, run_id)
) WITH (fillfactor = 70);
-- ;;

-- A parent and its re-run are one
CREATE TABLE join_arrival (
  child_id bigint NOT NULL, run_id bigint NOT NULL, parent_job bigint NOT NULL,
  PRIMARY KEY (child_id, run_id, parent_job)
);
-- ;;

-- Appended by completions, folded into report_day: no hot row.
CREATE TABLE counter_delta (
  day int NOT NULL, job_id bigint NOT NULL, state smallint NOT NULL, late_bucket smallint NOT NULL,
  dur_bucket smallint NOT NULL, n int NOT NULL, duration_ms bigint NOT NULL
);
-- ;;

CREATE TABLE report_day (
  day int NOT NULL, job_id bigint NOT NULL, triggered int NOT NULL, succeeded int NOT NULL, failed int NOT NULL,
  late_hist bytea, dur_hist bytea,
  PRIMARY KEY (day, job_id)
);
-- ;;

CREATE TABLE calendar (name text PRIMARY KEY, version int NOT NULL, spec jsonb NOT NULL);
-- ;;

CREATE TABLE route_state (
  job_id bigint PRIMARY KEY, state bytea NOT NULL, saved_ms bigint NOT NULL
) WITH (fillfactor = 70);
-- ;;

CREATE TABLE script (
  job_id bigint NOT NULL REFERENCES job, version int NOT NULL, language smallint NOT NULL, source text NOT NULL,
  note text NOT NULL, saved_ms bigint NOT NULL, who text NOT NULL,
  PRIMARY KEY (job_id, version)
);
-- ;;

CREATE TABLE operator (
  name text PRIMARY KEY, role smallint NOT NULL, secret_hash text NOT NULL, groups jsonb NOT NULL DEFAULT '[]'
);
-- ;;

CREATE TABLE operator_log (
  entry_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at_ms bigint NOT NULL, who text NOT NULL,
  what text NOT NULL, target text NOT NULL, before jsonb, after jsonb
);
-- ;;

CREATE INDEX operator_log_target ON operator_log (target, entry_id);
-- ;;

CREATE TABLE schema_version (
  version int PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_ms bigint NOT NULL
);
-- ;;

-- No leader yet: the first takeover raises the epoch.
INSERT INTO leader (one, epoch, node, since_ms, incarnation) VALUES (1, 0, '', 0, '');
