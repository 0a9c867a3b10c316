#include "actors/admin/admin_actors.hpp"
#include "config/schedule_of.hpp"
#include "tests/actors_admin/scheduler_support.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <map>
#include <set>
#include <tuple>

namespace xxl::admin::test {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr auto new_year = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};

/// Where files are in memory, if there is such a place: a day costs 100,000 commits.
std::filesystem::path fast_place() {
  const std::filesystem::path memory = "/dev/shm";
  return std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
}

/// One start of a handler.
struct started_run {
  order what;
  instant at{};
};

/// An executor without threads: registers at the gate, adopts, runs each order as long as its handler says, and
/// reports.
struct plain_executor {
  gate_actor gate;
  const xxl::clock* time = nullptr;
  std::map<std::string, std::chrono::milliseconds> durations; ///< by job name; others end at once
  std::vector<started_run> runs;

  executor_link_actor link;
  std::uint64_t callbacks = 0, acknowledged = 0, beats = 0;
  static constexpr session_id session{4711};

  void greet(caf::event_based_actor* self) {
    self->request(gate, 5s, hello_atom_v, protocol_oldest, protocol_newest, std::string{"executor"}, std::string{"ann"},
                  caf::actor_cast<caf::strong_actor_ptr>(self))
        .then([this, self](std::uint32_t, const caf::strong_actor_ptr& to) {
          link = caf::actor_cast<executor_link_actor>(to);
          executor_hello hello;
          hello.session = session;
          hello.group = "orders";
          hello.name = "ann";
          self->request(link, 5s, register_atom_v, std::move(hello)).then([this, self](const executor_welcome&) {
            self->send(link, credit_atom_v, std::uint32_t{1'000});
            self->send(self, caf::tick_atom_v);
          });
        });
  }
  void run(caf::event_based_actor* self, order_batch& batch) {
    for (auto& o : batch.orders) {
      runs.push_back({o, time->now()});
      outcome end;
      end.trigger = o.trigger;
      end.job = o.job;
      end.version = o.version;
      end.fire = o.fire;
      end.started = time->now();
      end.follows = o.follows;
      auto takes = durations[o.job_name];
      end.ended = end.started + takes;
      self->delayed_send(self, takes, callback_atom_v, callback_batch{session, ++callbacks, {std::move(end)}});
    }
    self->send(link, credit_atom_v, static_cast<std::uint32_t>(batch.orders.size()));
  }
  caf::behavior behave(caf::event_based_actor* self) {
    greet(self);
    return {
        [this, self](lead_atom, epoch_id epoch) {
          self->send(link, holds_atom_v, inventory_piece{session, epoch, {}, true});
        },
        [this, self](run_atom, order_batch& batch) { run(self, batch); },
        [this, self](callback_atom, callback_batch& batch) { self->send(link, callback_atom_v, std::move(batch)); },
        [this](ack_atom, std::uint64_t) { ++acknowledged; },
        [this, self](caf::tick_atom) {
          self->request(link, 5s, beat_atom_v, session, ++beats).then([](const beat_answer&) {});
          self->delayed_send(self, 5s, caf::tick_atom_v);
        },
    };
  }
};

/// A whole admin on a SQLite file, as in production, without threads.
class DayTest : public xxl::test::ActorTest {
protected:
  xxl::test::temporary_directory place{fast_place()};
  std::shared_ptr<storage::store> store = storage::open_store("sqlite://" + (place / "xxl.db").string(), "n1");
  metrics_ptr stats = std::make_shared<metrics>();
  std::vector<std::string> fatal;
  plain_executor executor;
  admin_actors admin;
  caf::actor ann; ///< the executor's
  std::unique_ptr<storage::catalog> lists;

  void SetUp() override {
    store->migrate();
    lists = store->open_catalog();
    lists->connect();
    admin_settings settings;
    settings.node = "n1";
    settings.on_fatal = [this](const std::string& why) { fatal.push_back(why); };
    admin_ground ground;
    ground.store = store;
    ground.time = &clock;
    ground.stats = stats;
    ground.detached = false;
    admin = spawn_admin(sys, settings, ground);
    settle();

    apply({}, {{"orders", "", address_mode::automatic, {}}});
    executor.gate = admin.gate;
    executor.time = &clock;
    ann = sys.spawn([this](caf::event_based_actor* actor) { return executor.behave(actor); });
    advance(1s);
    ASSERT_EQ(stats->at("registry.connected"), 1);
  }
  void TearDown() override {
    self->send_exit(std::exchange(ann, nullptr), caf::exit_reason::user_shutdown);
    settle();
    for (auto& actor : std::exchange(admin.in_order_of_end, {})) {
      self->send_exit(actor, caf::exit_reason::user_shutdown);
      settle();
    }
    executor = {};
    admin = {};
    EXPECT_THAT(fatal, IsEmpty());
  }

  void apply(std::vector<job_spec> jobs, std::vector<group_spec> groups = {}) {
    apply_request request;
    request.groups = std::move(groups);
    request.jobs = std::move(jobs);
    request.who = "test";
    auto changes = ask<std::vector<apply_change>>(admin.operators, apply_atom_v, std::move(request));
    ASSERT_TRUE(changes);
    for (auto& change : *changes) ASSERT_EQ(change.change, "created") << change.detail;
  }
  static job_spec job(const char* name, schedule_spec schedule, misfire_policy misfire = misfire_policy::skip) {
    job_spec spec;
    spec.group = "orders";
    spec.name = name;
    spec.schedule = std::move(schedule);
    spec.work = handler_work{"noop"};
    spec.misfire = misfire;
    spec.owner = "ann";
    return spec;
  }
  job_id id_of(const char* name) { return lists->find_job("orders", name)->id; }

  /// Everything in the ledger of that job, oldest first.
  std::vector<trigger_view> rows(const char* name) {
    std::vector<trigger_view> found;
    trigger_query query;
    query.group = "orders";
    query.job = name;
    query.limit = 1'000;
    query.from = instant{}; // the day of the virtual clock is long ago
    for (;;) {
      auto page = lists->list_triggers(query);
      if (page.empty()) break;
      query.before = {page.back().fire, page.back().id};
      found.insert(found.end(), page.begin(), page.end());
    }
    std::reverse(found.begin(), found.end());
    return found;
  }
  std::vector<started_run> runs(const std::string& name) const {
    std::vector<started_run> found;
    for (auto& r : executor.runs)
      if (r.what.job_name == "orders/" + name) found.push_back(r);
    return found;
  }
  /// Nobody gets the processor: all clocks go on, nothing else does.
  void stall(std::chrono::milliseconds d) { sched.clock().current_time += d; }

  /// guarantees.md §2: due fires = first attempts + gap rows, each key started once, every row final.
  void expect_complete(const char* name, const schedule_spec& schedule, instant from, instant to) {
    SCOPED_TRACE(name);
    auto times = std::get<schedule::timetable>(xxl::config::timetable_of(schedule));
    auto due = times.count(from, to, 1'000'000);
    std::int64_t passed_over = 0;
    for (auto& gap : lists->list_gaps(id_of(name), 100)) passed_over += gap.fires;
    auto ledger = rows(name);
    EXPECT_EQ(due, static_cast<std::int64_t>(ledger.size()) + passed_over);
    for (auto& row : ledger) EXPECT_EQ(row.state, trigger_state::succeeded) << "trigger " << row.id.value;
    EXPECT_EQ(runs(name).size(), ledger.size());
  }
  void expect_each_key_once() {
    std::set<std::tuple<job_id, instant, std::string, std::int16_t>> keys;
    for (auto& r : executor.runs)
      EXPECT_TRUE(keys.emplace(r.what.job, r.what.fire, r.what.origin, r.what.attempt).second)
          << r.what.job_name << " ran twice for " << to_ms(r.what.fire);
  }
  /// Lateness of every fire that did not fall into the stall.
  void expect_on_time(instant stall_begin = {}, instant stall_end = {}) {
    for (auto& r : executor.runs)
      if (r.what.planned < stall_begin || r.what.planned >= stall_end) {
        ASSERT_EQ(r.at, r.what.planned) << r.what.job_name;
      }
  }
};

TEST_F(DayTest, ADayOfScheduleMissesNothingAndDoublesNothing) {
  const schedule_spec minutely = cron_schedule{"0 * * * * ?", "UTC"};
  const schedule_spec often = every_schedule{10s, std::nullopt};
  const schedule_spec at_three = at_schedule{new_year + 15h};
  const schedule_spec in_the_stall = at_schedule{new_year + 13h + 5min};
  apply({job("minutely", minutely), job("often", often, misfire_policy::fire_once), job("at-three", at_three),
         job("in-the-stall", in_the_stall), job("delayed", after_schedule{30s})});
  executor.durations["orders/delayed"] = 7s;
  const auto from = clock.now();

  advance(new_year + 13h + 5s - clock.now());
  const auto stall_begin = clock.now();
  stall(10min + 10s);
  const auto stall_end = clock.now();
  advance(from + 24h + 30s - clock.now()); // so that the last runs end
  const auto to = clock.now();

  expect_complete("minutely", minutely, from, to);
  expect_complete("often", often, from, to);
  expect_complete("at-three", at_three, from, to);
  expect_complete("in-the-stall", in_the_stall, from, to);
  expect_each_key_once();
  expect_on_time(stall_begin, stall_end);
  EXPECT_EQ(executor.acknowledged, executor.callbacks);

  // The stall, by each one's policy: skipped is one gap, fire_once runs the last one that was missed.
  auto gaps = lists->list_gaps(id_of("minutely"), 10);
  ASSERT_THAT(gaps, SizeIs(1));
  EXPECT_EQ(gaps[0].from, new_year + 13h + 1min);
  EXPECT_EQ(gaps[0].to, new_year + 13h + 10min);
  EXPECT_EQ(gaps[0].fires, 10);
  EXPECT_EQ(gaps[0].reason, state_reason::misfire);
  gaps = lists->list_gaps(id_of("often"), 10);
  ASSERT_THAT(gaps, SizeIs(1));
  EXPECT_EQ(gaps[0].from, new_year + 13h + 10s);
  EXPECT_EQ(gaps[0].to, new_year + 13h + 10min);
  EXPECT_EQ(gaps[0].fires, 60);
  for (auto& r : runs("often"))
    EXPECT_EQ(r.what.cause == trigger_cause::misfire, r.what.fire == new_year + 13h + 10min + 10s);
  EXPECT_THAT(runs("at-three"), SizeIs(1));
  EXPECT_THAT(runs("in-the-stall"), IsEmpty());

  // A fixed delay counts from the end of the run: 7 s, up to 5 ms of collecting, 30 s.
  auto delayed = runs("delayed");
  ASSERT_GT(delayed.size(), 2'000u);
  for (std::size_t i = 1; i < delayed.size(); ++i) {
    auto pause = delayed[i].at - delayed[i - 1].at;
    EXPECT_GE(pause, 37s);
    if (delayed[i].at < stall_begin || delayed[i - 1].at >= stall_end) {
      EXPECT_LE(pause, 37s + 5ms);
    }
  }
  EXPECT_GT(admin.leads->epoch(), epoch_id{}) << "nobody leads after the stall";
}

TEST_F(DayTest, AGroupWithoutExecutorsHasARowForEachFireAndNoGap) {
  constexpr int jobs = 100; // 1,000 fires a second: twice a group's window before the first row fails
  std::vector<job_spec> specs;
  for (int i = 0; i < jobs; ++i) {
    specs.push_back(job(("job-" + std::to_string(i)).c_str(), every_schedule{100ms, std::nullopt}));
    specs.back().group = "idle";
  }
  apply(std::move(specs), {{"idle", "", address_mode::automatic, {}}});
  const auto from = clock.now();
  advance(12s);

  for (auto* name : {"job-0", "job-99"}) {
    auto id = lists->find_job("idle", name)->id;
    EXPECT_THAT(lists->list_gaps(id, 10), IsEmpty()) << name;
    trigger_query of_job;
    of_job.group = "idle";
    of_job.job = name;
    of_job.limit = 1'000;
    of_job.from = instant{};
    auto of_all = lists->list_triggers(of_job); // newest first
    ASSERT_FALSE(of_all.empty()) << name;
    EXPECT_LE(of_all.back().fire, from + 100ms) << name;
    EXPECT_GE(of_all.front().fire, clock.now() - 100ms) << name;
    EXPECT_EQ((of_all.front().fire - of_all.back().fire) / 100ms + 1, std::ssize(of_all)) << name;
    of_job.state = trigger_state::failed;
    auto failed = lists->list_triggers(of_job);
    EXPECT_GE(failed.size(), 10u) << "those due more than 10 s ago";
    for (auto& row : failed) EXPECT_EQ(row.reason, state_reason::no_executor);
  }
}

} // namespace
} // namespace xxl::admin::test
