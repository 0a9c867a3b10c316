// The ledger on PostgreSQL as it ships (fsync and synchronous_commit on): life cycles a second, a claim and its
// completion each, in batches, over two connections. items_per_second is what to read.

#include "storage/store.hpp"
#include "tests/support/postgres_server.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace xxl {
namespace {

constexpr int jobs = 10'000;
constexpr session_id session{7};
constexpr instant day_one = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};
constexpr std::chrono::milliseconds tick{1'000};

test::postgres_server& server() {
  static test::postgres_server one{
      {.tcp = false, .fsync = true, .settings = {"max_wal_size = 4GB", "shared_buffers = 512MB"}}};
  return one;
}

/// Ten thousand jobs, each due every second, and the two connections.
class plant {
public:
  plant() : store_{storage::open_store(server().url(server().fresh_database()), "bench")} {
    store_->migrate();
    auto catalog = store_->open_catalog();
    catalog->connect();
    const storage::edit_note note{.who = "bench", .what = "apply", .now = day_one, .tzdb = ""};
    catalog->put_group({.name = "bench", .title = "bench", .addresses = {}}, note);
    std::vector<storage::new_job> all;
    all.reserve(static_cast<std::size_t>(jobs));
    for (int i = 0; i < jobs; ++i)
      all.push_back({.group = "bench",
                     .name = "job-" + std::to_string(i),
                     .spec = "{}",
                     .owner = "",
                     .source = "",
                     .next = day_one});
    ids_ = catalog->create_jobs(all, note);
    catalog->ensure_days(day_one, day_one + std::chrono::hours{24});
    auto lock = store_->open_leader_lock();
    lock->connect();
    if (!lock->try_lock()) throw std::runtime_error{"the leader's lock is held in a new database"};
    epoch_ = lock->raise_epoch("bench", day_one);
    claims_ = store_->open_ledger(true);
    completions_ = store_->open_ledger(false);
  }

  /// One batch's life: `size` jobs from the next on.
  void cycle(int size) {
    storage::claim_batch batch;
    std::vector<storage::completion> ends;
    for (int i = 0; i < size; ++i) {
      const trigger_id trigger{next_trigger_++};
      batch.jobs.push_back(
          {.job = ids_[next_job_], .expect = fire_, .version = 1, .fire = fire_, .next = fire_ + tick, .gap = {}});
      batch.triggers.push_back(
          {.trigger = trigger, .job = ids_[next_job_], .session = session, .planned = {}, .parent = {}, .due = {}});
      ends.push_back({.trigger = trigger,
                      .session = session,
                      .started = fire_,
                      .ended = fire_ + tick,
                      .message = "",
                      .retry = {},
                      .next = {}});
      if (++next_job_ == ids_.size()) {
        next_job_ = 0;
        fire_ += tick;
      }
    }
    const auto whole = static_cast<std::size_t>(size);
    if (claims_->claim(epoch_, batch, fire_, storage::run::first).claimed.size() != whole ||
        completions_->complete({}, ends, fire_ + tick, storage::run::first).moved.size() != whole)
      throw std::runtime_error{"a batch was not taken whole"};
  }

private:
  std::unique_ptr<storage::store> store_;
  std::unique_ptr<storage::ledger> claims_, completions_;
  std::vector<job_id> ids_;
  epoch_id epoch_;
  instant fire_ = day_one;
  std::size_t next_job_ = 0;
  std::int64_t next_trigger_ = 1;
};

void life_cycles(benchmark::State& state) {
  plant p;
  const auto size = static_cast<int>(state.range(0));
  for (auto _ : state) p.cycle(size);
  state.SetItemsProcessed(state.iterations() * size);
}
BENCHMARK(life_cycles)->Arg(1)->Arg(10)->Arg(100)->Arg(1'000)->UseRealTime()->Unit(benchmark::kMillisecond);

} // namespace
} // namespace xxl

BENCHMARK_MAIN();
