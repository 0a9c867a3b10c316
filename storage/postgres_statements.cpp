#include "storage/postgres_statements.hpp"

namespace xxl::storage::postgres::sql {

// adv: compare-and-set of the next fire; only jobs so advanced get a gap row (g) and ledger rows (ins).
// FOR SHARE makes the next leader's raise of the epoch wait for claims under way: after it no row of an older epoch can
// appear.
const statement claim{"claim", R"sql(
WITH f AS MATERIALIZED (SELECT paused FROM leader WHERE one = 1 AND epoch = $1 FOR SHARE),
adv AS (
  UPDATE job_fire j SET next_ms = NULLIF(a.next_ms, 0), last_ms = greatest(j.last_ms, a.fire_ms, a.gap_to),
         fires = j.fires + (a.fire_ms > 0)::int, awaits_end = coalesce(a.awaits, false)
    FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::int[], $7::boolean[],
                $8::bigint[], $9::bigint[], $10::bigint[], $11::smallint[])
      AS a(job_id, expect_ms, fire_ms, next_ms, version, awaits, gap_from, gap_to, gap_n, gap_reason), f
   WHERE j.job_id = ANY ($2) AND j.job_id = a.job_id AND coalesce(j.next_ms, -1) = a.expect_ms
     AND j.version = a.version AND NOT f.paused
  RETURNING j.job_id, a.fire_ms, j.version, a.gap_from, a.gap_to, a.gap_n, a.gap_reason),
g AS (
  INSERT INTO gap (job_id, from_ms, to_ms, n, at_ms, version, reason)
  SELECT job_id, gap_from, gap_to, gap_n, $12, version, gap_reason FROM adv WHERE gap_n > 0),
ins AS (
  INSERT INTO trigger_open (trigger_id, job_id, fire_ms, planned_ms, run_id, parent_id, session_id, epoch,
                            claimed_ms, due_ms, version, open_shards, shard, shards, state, cause, reason)
  SELECT r.trigger_id, adv.job_id, adv.fire_ms, NULLIF(r.planned_ms, 0), NULLIF(r.parent_id, 0), NULLIF(r.parent_id, 0),
         NULLIF(r.session_id, 0), $1, CASE WHEN r.due_ms > 0 THEN NULL ELSE $12 END, NULLIF(r.due_ms, 0), adv.version,
         CASE WHEN r.shard < 0 AND r.shards > 0 THEN r.shards END, r.shard, coalesce(r.shards, 0),
         CASE WHEN r.due_ms > 0 THEN 0 WHEN r.shard < 0 AND r.shards > 0 THEN 3 ELSE 1 END,
         CASE WHEN adv.gap_n > 0 THEN 2 ELSE 1 END, coalesce(r.reason, 0)
    FROM unnest($13::bigint[], $14::bigint[], $15::bigint[], $16::smallint[], $17::bigint[], $18::bigint[],
                $19::smallint[], $20::bigint[], $21::smallint[])
      AS r(trigger_id, job_id, session_id, shard, planned_ms, parent_id, shards, due_ms, reason)
    JOIN adv USING (job_id) WHERE adv.fire_ms > 0
  ON CONFLICT ON CONSTRAINT trigger_open_once DO NOTHING RETURNING trigger_id)
SELECT coalesce((SELECT 1 + paused::int FROM f), 0) AS fence, (SELECT array_agg(trigger_id) FROM ins) AS claimed,
       (SELECT array_agg(job_id) FROM adv WHERE fire_ms = 0) AS skipped)sql"};

// Open, of my epoch, under the session that was named, and not handed back since. Rows named without a session are
// waiting rows and parents of shards.
const statement claimed_before{"claimed_before", R"sql(
SELECT o.trigger_id
  FROM trigger_open o JOIN unnest($2::bigint[], $3::bigint[]) AS a(trigger_id, session_id) USING (trigger_id)
 WHERE o.trigger_id = ANY ($2) AND o.epoch = $1 AND o.session_id IS NOT DISTINCT FROM NULLIF(a.session_id, 0)
   AND (o.due_ms IS NULL OR coalesce(a.session_id, 0) = 0))sql"};

const statement skipped_before{"skipped_before", R"sql(
SELECT g.job_id
  FROM gap g JOIN unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS a(job_id, from_ms, to_ms) USING (job_id, from_ms)
 WHERE g.job_id = ANY ($1) AND g.to_ms = a.to_ms)sql"};

// Waiting rows; $5 to $9 are the shards of a broadcast among them.
const statement claim_waiting{"claim_waiting", R"sql(
WITH f AS MATERIALIZED (SELECT paused FROM leader WHERE one = 1 AND epoch = $1 FOR SHARE),
u AS (
  UPDATE trigger_open o SET state = CASE WHEN a.shards > 0 THEN 3 ELSE 1 END, due_ms = NULL,
         session_id = NULLIF(a.session_id, 0), epoch = $1, claimed_ms = $2, reason = 0,
         shards = greatest(o.shards, a.shards), open_shards = NULLIF(a.shards, 0)
    FROM unnest($3::bigint[], $4::bigint[], $5::smallint[], $10::smallint[])
      AS a(trigger_id, session_id, shards, handed), f
   WHERE o.trigger_id = ANY ($3) AND o.trigger_id = a.trigger_id AND o.state = 0 AND o.handed = coalesce(a.handed, 0)
     AND o.kill_ms IS NULL AND NOT f.paused
     AND NOT EXISTS (SELECT 1 FROM job j JOIN executor_group g USING (group_id)
                      WHERE j.job_id = o.job_id AND (j.paused OR g.paused OR j.deleted_ms IS NOT NULL))
  RETURNING o.*),
s AS (
  INSERT INTO trigger_open (trigger_id, job_id, fire_ms, planned_ms, run_id, after_id, parent_id, session_id, epoch,
                            claimed_ms, version, origin, shard, shards, state, cause, target, params)
  SELECT r.trigger_id, u.job_id, u.fire_ms, u.planned_ms, coalesce(u.run_id, u.trigger_id), u.after_id, u.trigger_id,
         r.session_id, $1, $2, u.version, u.origin, r.shard, u.shards, 1, u.cause, u.target, u.params
    FROM unnest($6::bigint[], $7::bigint[], $8::bigint[], $9::smallint[]) AS r(trigger_id, parent_id, session_id, shard)
    JOIN u ON u.trigger_id = r.parent_id
  RETURNING trigger_id)
SELECT coalesce((SELECT 1 + paused::int FROM f), 0) AS fence, (SELECT array_agg(trigger_id) FROM u) AS claimed,
       (SELECT array_agg(trigger_id) FROM s) AS shards)sql"};

// Never SKIP LOCKED inside the claim itself.
const statement unlocked{"unlocked", R"sql(
SELECT job_id FROM job_fire WHERE job_id = ANY ($1) ORDER BY job_id FOR UPDATE SKIP LOCKED)sql"};

// $1 NULL: a callback, no fence. d: the rows that end, never a parent whose shards run; a row marked for killing ends
// as killed and nothing follows it. h: history. c, ja, j: children and joins of what is final. n: waiting rows that
// follow, retries among them. p: final shards off their parent. w: a fixed delay's next fire. al: alarms. k: counters.
const statement complete{"complete", R"sql(
WITH f AS MATERIALIZED (SELECT 1 FROM leader WHERE one = 1 AND epoch = $1 FOR SHARE),
d AS (
  DELETE FROM trigger_open o
   USING unnest($2::bigint[], $3::bigint[], $4::smallint[], $5::bigint[], $6::bigint[], $7::smallint[], $8::text[],
                $9::bigint[], $10::bigint[], $11::bigint[])
      AS r(trigger_id, session_id, state, started_ms, ended_ms, reason, message, retry_id, retry_due_ms, next_ms)
   WHERE o.trigger_id = ANY ($2) AND o.trigger_id = r.trigger_id
     AND o.session_id IS NOT DISTINCT FROM NULLIF(r.session_id, 0)
     AND ($1::bigint IS NULL OR EXISTS (SELECT 1 FROM f))
     AND (o.session_id IS NOT NULL OR o.due_ms IS NOT NULL OR o.open_shards <= 0)
  RETURNING o.*, coalesce(NULLIF(r.started_ms, 0), o.started_ms) AS began_ms, r.ended_ms,
            CASE WHEN o.kill_ms IS NULL THEN r.state ELSE 7 END AS final, coalesce(r.reason, 0) AS why, r.message,
            CASE WHEN o.kill_ms IS NULL THEN NULLIF(r.retry_id, 0) END AS retry_id, r.retry_due_ms, r.next_ms),
h AS (
  INSERT INTO trigger_history (trigger_id, job_id, fire_ms, planned_ms, run_id, after_id, parent_id, session_id, epoch,
                               claimed_ms, sent_ms, started_ms, ended_ms, version, origin, shard, shards, attempt,
                               state, cause, reason, target, params, message)
  SELECT trigger_id, job_id, fire_ms, planned_ms, run_id, after_id, parent_id, session_id, epoch,
         claimed_ms, sent_ms, began_ms, ended_ms, version, origin, shard, shards, attempt,
         final, cause, why, target, params, message FROM d),
c AS (
  SELECT c.*, d.job_id AS parent_job, d.fire_ms, d.epoch, coalesce(d.run_id, d.trigger_id) AS run_id
    FROM unnest($12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::int[], $17::int[], $18::text[])
      AS c(after_id, trigger_id, job_id, due_ms, version, needs, params)
    JOIN d ON d.trigger_id = c.after_id WHERE d.kill_ms IS NULL AND d.retry_id IS NULL),
ja AS (
  INSERT INTO join_arrival (child_id, run_id, parent_job)
  SELECT DISTINCT job_id, run_id, parent_job FROM c WHERE needs > 0 ORDER BY 1, 2, 3
  ON CONFLICT DO NOTHING RETURNING child_id, run_id),
j AS (
  INSERT INTO join_run AS t (child_id, run_id, needs, arrived)
  SELECT ja.child_id, ja.run_id, min(x.needs), count(*)::int
    FROM ja JOIN (SELECT job_id, run_id, min(needs) AS needs FROM c WHERE needs > 0 GROUP BY 1, 2) x
      ON x.job_id = ja.child_id AND x.run_id = ja.run_id
   GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (child_id, run_id) DO UPDATE SET arrived = t.arrived + excluded.arrived
  RETURNING child_id, run_id, needs - arrived AS missing),
n AS (
  INSERT INTO trigger_open (trigger_id, job_id, fire_ms, planned_ms, due_ms, run_id, after_id, parent_id, epoch,
                            version, origin, shard, shards, attempt, state, cause, target, params)
  SELECT retry_id, job_id, fire_ms, retry_due_ms, retry_due_ms, coalesce(run_id, trigger_id), trigger_id, parent_id,
         epoch, version, origin, shard, shards, attempt + 1, 0, 4, target, params
    FROM d WHERE retry_id IS NOT NULL
  UNION ALL
  SELECT trigger_id, job_id, fire_ms, due_ms, due_ms, run_id, after_id, NULL, epoch, version, 'p' || after_id,
         -1, 0, 1, 0, 5, NULL, params
    FROM c WHERE coalesce(needs, 0) = 0
  UNION ALL
  SELECT min(c.trigger_id), c.job_id, max(c.fire_ms), min(c.due_ms), min(c.due_ms), c.run_id, max(c.after_id), NULL,
         max(c.epoch), max(c.version), 'j' || c.run_id, -1, 0, 1, 0, 5, NULL, NULL
    FROM c JOIN j ON j.child_id = c.job_id AND j.run_id = c.run_id
   WHERE c.needs > 0 AND j.missing = 0 GROUP BY c.job_id, c.run_id
  ON CONFLICT ON CONSTRAINT trigger_open_once DO NOTHING RETURNING trigger_id),
p AS (
  UPDATE trigger_open o SET open_shards = o.open_shards - x.k
    FROM (SELECT parent_id, count(*)::int AS k FROM d WHERE parent_id IS NOT NULL AND retry_id IS NULL
           GROUP BY 1 ORDER BY 1) x
   WHERE o.trigger_id = ANY (ARRAY(SELECT parent_id FROM d WHERE parent_id IS NOT NULL ORDER BY 1))
     AND o.trigger_id = x.parent_id
  RETURNING o.trigger_id, o.open_shards),
w AS (
  UPDATE job_fire t SET next_ms = greatest(d.next_ms, d.fire_ms + 1), awaits_end = false
    FROM d
   WHERE d.next_ms > 0 AND d.retry_id IS NULL AND d.origin = ''
     AND t.job_id = ANY (ARRAY(SELECT job_id FROM d WHERE next_ms > 0 ORDER BY 1)) AND t.job_id = d.job_id
     AND t.last_ms = d.fire_ms AND t.awaits_end),
al AS (
  INSERT INTO alarm_outbox (dedupe_key, due_ms, body)
  SELECT a.dedupe_key, $22, a.body
    FROM unnest($19::bigint[], $20::text[], $21::jsonb[]) AS a(after_id, dedupe_key, body)
    JOIN d ON d.trigger_id = a.after_id WHERE d.kill_ms IS NULL
  ON CONFLICT (dedupe_key) DO NOTHING),
k AS (
  INSERT INTO counter_delta (day, job_id, state, late_bucket, dur_bucket, n, duration_ms)
  SELECT (fire_ms / 86400000)::int, job_id, final,
         CASE WHEN attempt = 1 AND began_ms > 0
              THEN (2.885 * ln(greatest(began_ms - coalesce(planned_ms, fire_ms), 1)::float8))::smallint ELSE -1 END,
         CASE WHEN began_ms > 0 THEN (2.885 * ln(greatest(ended_ms - began_ms, 1)::float8))::smallint ELSE -1 END,
         count(*)::int, coalesce(sum(ended_ms - began_ms), 0)::bigint
    FROM d GROUP BY 1, 2, 3, 4, 5)
SELECT (SELECT count(*) FROM f) AS fence, (SELECT array_agg(trigger_id) FROM d) AS moved,
       (SELECT array_agg(trigger_id) FROM n) AS followed,
       (SELECT array_agg(trigger_id) FROM p WHERE open_shards = 0) AS parents)sql"};

// In a statement of its own: complete's snapshot is older than a row that another admin has just moved.
const statement finals{"finals", R"sql(
SELECT trigger_id, state FROM trigger_history WHERE trigger_id = ANY ($1) AND fire_ms = ANY ($2))sql"};

const statement open_days{"open_days", R"sql(
SELECT DISTINCT fire_ms / 86400000 FROM trigger_open WHERE trigger_id = ANY ($1) ORDER BY 1)sql"};

const statement hand_back{"hand_back", R"sql(
UPDATE trigger_open o SET state = 0, due_ms = a.due_ms, session_id = NULL, sent_ms = NULL, handed = o.handed + 1,
       reason = a.reason
  FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::smallint[], $6::smallint[])
    AS a(trigger_id, session_id, due_ms, reason, handed),
       (SELECT 1 FROM leader WHERE one = 1 AND epoch = $1 FOR SHARE) f
 WHERE o.trigger_id = ANY ($2) AND o.trigger_id = a.trigger_id AND o.session_id = a.session_id
   AND o.handed = coalesce(a.handed, 0) AND o.due_ms IS NULL
RETURNING o.trigger_id)sql"};

const statement report{"report", R"sql(
UPDATE trigger_open o SET state = a.state, sent_ms = coalesce(NULLIF(a.sent_ms, 0), o.sent_ms),
       started_ms = coalesce(NULLIF(a.started_ms, 0), o.started_ms)
  FROM unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::bigint[], $5::bigint[])
    AS a(trigger_id, session_id, state, sent_ms, started_ms)
 WHERE o.trigger_id = ANY ($1) AND o.trigger_id = a.trigger_id AND o.session_id = a.session_id AND o.due_ms IS NULL
   AND o.state < a.state)sql"};

// e ends the old lives that the hello names, s opens the new one and reads e, so that the end comes first. o: the late
// hello of a life that has ended itself must not end the one that lives now. h: who else has the name keeps it.
const statement open_session{"open_session", R"sql(
WITH f AS MATERIALIZED (SELECT 1 FROM leader WHERE one = 1 AND epoch = $1 FOR SHARE),
o AS (SELECT ended_ms IS NOT NULL AS gone FROM executor_session WHERE session_id = $2),
e AS (
  UPDATE executor_session s SET ended_ms = $9, end_reason = 1 FROM f
   WHERE s.session_id = ANY ($11::bigint[]) AND s.session_id <> $2 AND s.ended_ms IS NULL
     AND NOT EXISTS (SELECT 1 FROM o WHERE gone)
  RETURNING s.session_id),
h AS (
  SELECT session_id FROM executor_session
   WHERE group_id = $3 AND name = $4 AND ended_ms IS NULL AND session_id <> $2 AND session_id <> ALL ($11::bigint[])),
s AS (
  INSERT INTO executor_session (session_id, group_id, name, address, kind, version, labels, started_ms, lease_until_ms)
  SELECT $2, $3, $4, $5, $6, $7, $8, $9, $10 FROM f, (SELECT count(*) FROM e) ended WHERE NOT EXISTS (SELECT 1 FROM h)
  ON CONFLICT DO NOTHING RETURNING session_id)
SELECT (SELECT count(*) FROM f) AS fence, (SELECT array_agg(session_id) FROM e) AS ended, (SELECT count(*) FROM s) AS opened,
       coalesce((SELECT gone FROM o), false) AS gone, (SELECT session_id FROM h) AS holder)sql"};

const statement renew_sessions{"renew_sessions", R"sql(
WITH f AS MATERIALIZED (SELECT 1 FROM leader WHERE one = 1 AND epoch = $1 FOR SHARE),
u AS (
  UPDATE executor_session s SET lease_until_ms = greatest(s.lease_until_ms, a.until_ms)
    FROM unnest($2::bigint[], $3::bigint[]) AS a(session_id, until_ms), f
   WHERE s.session_id = ANY ($2) AND s.session_id = a.session_id AND s.ended_ms IS NULL
  RETURNING s.session_id)
SELECT (SELECT count(*) FROM f) AS fence, (SELECT array_agg(session_id) FROM u) AS renewed)sql"};

const statement end_sessions{"end_sessions", R"sql(
WITH f AS MATERIALIZED (SELECT 1 FROM leader WHERE one = 1 AND epoch = $1 FOR SHARE),
u AS (
  UPDATE executor_session s SET ended_ms = $2, end_reason = $3 FROM f
   WHERE s.session_id = ANY ($4) AND s.ended_ms IS NULL
  RETURNING s.session_id)
SELECT (SELECT count(*) FROM f) AS fence, (SELECT array_agg(session_id) FROM u) AS ended)sql"};

const statement end_expired{"end_expired", R"sql(
WITH f AS MATERIALIZED (SELECT 1 FROM leader WHERE one = 1 AND epoch = $1 FOR SHARE),
u AS (
  UPDATE executor_session s SET ended_ms = $2, end_reason = $3 FROM f
   WHERE s.ended_ms IS NULL AND s.lease_until_ms < $2
  RETURNING s.session_id)
SELECT (SELECT count(*) FROM f) AS fence, (SELECT array_agg(session_id) FROM u) AS ended)sql"};

const statement lease_takeover{"lease_takeover", R"sql(
WITH f AS MATERIALIZED (SELECT 1 FROM leader WHERE one = 1 AND epoch = $1 FOR SHARE),
u AS (
  UPDATE executor_session s SET lease_until_ms = greatest(s.lease_until_ms, $2) FROM f
   WHERE s.ended_ms IS NULL
  RETURNING s.session_id, s.group_id, s.name)
SELECT (SELECT count(*) FROM f) AS fence, (SELECT array_agg(session_id) FROM u) AS sessions)sql"};

const statement open_rows{"open_rows", R"sql(
SELECT trigger_id, job_id, fire_ms, planned_ms, origin, shard, shards, attempt, handed, version, cause, params,
       kill_ms IS NOT NULL, state, session_id, epoch
  FROM trigger_open WHERE session_id = ANY ($1) AND trigger_id > $2 ORDER BY trigger_id LIMIT $3)sql"};

// last_ms once more: after a lock wait the row is looked at anew, but with the old snapshot of trigger_open.
const statement set_next{"set_next", R"sql(
UPDATE job_fire t SET next_ms = CASE WHEN $2::bigint IS NOT NULL THEN greatest($2, $4::bigint + 1) END, awaits_end = false
 WHERE job_id = $1 AND awaits_end AND version = $3 AND last_ms = $4
   AND NOT EXISTS (SELECT 1 FROM trigger_open o WHERE o.job_id = t.job_id AND o.fire_ms = t.last_ms AND o.origin = '')
RETURNING job_id)sql"};

const statement take_ids{"take_ids", "SELECT nextval('trigger_block')"};

const statement database_now{"database_now", "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"};

const char* const overdue_ends = R"sql(SET LOCAL enable_nestloop = on;
SELECT job_id, version, last_ms FROM job_fire t
 WHERE awaits_end
   AND NOT EXISTS (SELECT 1 FROM trigger_open o WHERE o.job_id = t.job_id AND o.fire_ms = t.last_ms AND o.origin = '')
 ORDER BY job_id LIMIT 1000)sql";

const char* const ended_with_open_rows = R"sql(SET LOCAL enable_nestloop = on;
SELECT session_id, end_reason FROM executor_session
 WHERE session_id = ANY (ARRAY(SELECT DISTINCT session_id FROM trigger_open WHERE session_id IS NOT NULL))
   AND ended_ms IS NOT NULL
 ORDER BY 1)sql";

const statement due_jobs{"due_jobs", R"sql(
SELECT job_id, next_ms, last_ms, version, fires FROM job_fire
 WHERE next_ms < $1 AND (next_ms, job_id) > ($2, $3) ORDER BY next_ms, job_id LIMIT $4)sql"};

const statement waiting_rows{"waiting_rows", R"sql(
SELECT o.trigger_id, o.job_id, o.fire_ms, o.planned_ms, o.origin, o.shard, o.shards, o.attempt, o.handed, o.version,
       o.cause, o.params, o.kill_ms IS NOT NULL AS kill, o.due_ms, o.reason, j.deleted_ms IS NOT NULL AS deleted
  FROM trigger_open o JOIN job j USING (job_id) JOIN executor_group g USING (group_id)
 WHERE o.due_ms < $1 AND (o.due_ms, o.trigger_id) > ($2, $3)
   AND (NOT (j.paused OR g.paused) OR o.kill_ms IS NOT NULL OR j.deleted_ms IS NOT NULL)
 ORDER BY o.due_ms, o.trigger_id LIMIT $4)sql"};

const statement marked_rows{"marked_rows", R"sql(
SELECT trigger_id, job_id, version, fire_ms, attempt, session_id FROM trigger_open
 WHERE kill_ms IS NOT NULL AND session_id IS NOT NULL AND trigger_id > $1 ORDER BY trigger_id LIMIT $2)sql"};

// A version whose spec is NULL left the spec as it was before.
const statement specs{"specs", R"sql(
SELECT v.job_id, v.version, j.group_id, g.name,
       (SELECT w.spec FROM job_version w WHERE w.job_id = v.job_id AND w.version <= v.version AND w.spec IS NOT NULL
         ORDER BY w.version DESC LIMIT 1)
  FROM unnest($1::bigint[], $2::int[]) AS k(job_id, version) JOIN job_version v USING (job_id, version)
  JOIN job j USING (job_id) JOIN executor_group g USING (group_id))sql"};

const std::vector<std::pair<std::string, std::string>>& planner_settings() {
  static const std::vector<std::pair<std::string, std::string>> all{
      {"plan_cache_mode", "force_generic_plan"},
      {"enable_seqscan", "off"},
      {"enable_bitmapscan", "off"},
      {"enable_mergejoin", "off"},
      {"enable_nestloop", "off"},
      {"jit", "off"}, // else the costs of what is disabled start the compiler: 0.3 s
  };
  return all;
}

} // namespace xxl::storage::postgres::sql
