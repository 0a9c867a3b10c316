#include "tests/storage/conformance.hpp"

#include "tests/support/postgres_server.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <stdexcept>

namespace xxl::storage {
namespace {

/// A migrated database that the cases copy.
const std::string& postgres_template() {
  static const std::string name = [] {
    auto& server = test::postgres_server::shared();
    auto made = server.fresh_database();
    auto first = open_store(server.url(made), "template");
    first->migrate();
    first->open_catalog()->ensure_days(from_ms(0), from_ms(0));
    return made;
  }();
  return name;
}

} // namespace

conformance::conformance() {
  open_database();
  leadership = store->open_leader_lock();
  leadership->connect();
  if (!leadership->try_lock()) throw std::runtime_error{"the lock of a fresh database is taken"};
  epoch = leadership->raise_epoch("node-1", from_ms(1'000));

  catalog = store->open_catalog();
  plan = store->open_plan_reader();
  plan->connect();
  ledgers_.push_back(store->open_ledger(true));
  if (!store->one_writer()) ledgers_.push_back(store->open_ledger(false));
  for (auto& ledger : ledgers_) ledger->connect();
  claims = ledgers_.front().get();
  completions = ledgers_.back().get();
  catalog->put_group({"group", "A group", address_mode::automatic, {}}, note);
}

void conformance::open_database() {
  if (GetParam() == dialect::sqlite) {
    const auto path = (place / "xxl.db").string();
    store = open_store("sqlite://" + path, "node-1");
    store->migrate();
    raw_ = std::make_unique<soci_connection>(
        dialect::sqlite, [path](soci::session& s) { s.open(soci::sqlite3, "db=\"" + path + "\" timeout=5"); });
    return;
  }
  auto& server = test::postgres_server::shared();
  const auto url = server.url(server.fresh_database_from(postgres_template()));
  store = open_store(url, "node-1");
  raw_ =
      std::make_unique<soci_connection>(dialect::postgres, [url](soci::session& s) { s.open(soci::postgresql, url); });
}

std::unique_ptr<storage::ledger> conformance::another_ledger() {
  auto ledger = store->open_ledger(true);
  ledger->connect();
  return ledger;
}

job_id conformance::make_job(const std::string& name, std::optional<instant> next) {
  return catalog->create_jobs(std::vector{new_job{"group", name, "{}", "ann", "test", true, next}}, note).front();
}

advance conformance::fire_of(job_id job, instant fire, std::optional<instant> next) {
  advance a;
  a.job = job;
  a.expect = fire;
  a.version = 1;
  a.fire = fire;
  a.next = next;
  return a;
}

new_trigger conformance::trigger_of(trigger_id trigger, job_id job, session_id holder) {
  new_trigger t;
  t.trigger = trigger;
  t.job = job;
  t.session = holder;
  return t;
}

std::vector<new_trigger> conformance::broadcast_of(job_id job) {
  auto parent = trigger_of({101}, job, {});
  parent.shards = 2;
  std::vector<new_trigger> rows{parent};
  for (const long long shard : {0, 1}) {
    auto row = trigger_of({102 + shard}, job);
    row.shard = static_cast<std::int16_t>(shard);
    row.shards = 2;
    row.parent = parent.trigger;
    rows.push_back(row);
  }
  return rows;
}

completion conformance::end_of(trigger_id trigger, trigger_state state) {
  completion c;
  c.trigger = trigger;
  c.session = session;
  c.state = state;
  c.started = from_ms(5'010);
  c.ended = from_ms(5'200);
  return c;
}

claim_answer conformance::claim_fire(job_id job, trigger_id trigger, instant fire, instant next) {
  claim_batch batch;
  batch.jobs.push_back(fire_of(job, fire, next));
  batch.triggers.push_back(trigger_of(trigger, job));
  return claims->claim(epoch, batch, fire, run::first);
}

void conformance::claim_one(job_id job, trigger_id trigger, instant fire, instant next) {
  ASSERT_THAT(claim_fire(job, trigger, fire, next).claimed, ::testing::ElementsAre(trigger));
}

void conformance::make_waiting(job_id job, trigger_id trigger, instant due) {
  const auto receipt = catalog->insert_manual({.request = "request-" + to_string(trigger),
                                               .job = job,
                                               .version = 1,
                                               .trigger = trigger,
                                               .fire = due,
                                               .params = std::nullopt,
                                               .who = "ann"});
  ASSERT_FALSE(receipt.repeated);
}

complete_answer conformance::complete_one(const completion& row) {
  return completions->complete(std::nullopt, std::vector{row}, row.ended, run::first);
}

std::optional<trigger_view> conformance::find_trigger(trigger_id trigger) {
  trigger_query query;
  query.id = trigger;
  const auto rows = catalog->list_triggers(query);
  return rows.empty() ? std::nullopt : std::optional{rows.front()};
}

job_row conformance::read_job(job_id job) {
  job_query query;
  query.limit = 1;
  query.after = job_id{job.value - 1};
  return catalog->list_jobs(query).at(0);
}

void conformance::sql(const std::string& statement) {
  raw_->run([&](soci::session& s) { s << statement; });
}

long long conformance::number(const std::string& query) {
  return raw_->run([&](soci::session& s) {
    long long answer = 0;
    soci::statement st = (s.prepare << query, soci::into(answer));
    st.execute();
    while (st.fetch()) {}
    return answer;
  });
}

} // namespace xxl::storage
