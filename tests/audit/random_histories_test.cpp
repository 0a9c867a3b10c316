// Random histories of edits, pauses, late claims, retries and open runs, written by the product's own rules: the audit
// finds nothing in them, in no period; and it finds what is planted.

#include "audit/plan.hpp"
#include "tests/audit/history.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace xxl::audit {
namespace {

using namespace test;

constexpr std::uint64_t seeds = 500;

class dice {
public:
  explicit dice(std::uint64_t seed) : engine_{seed} {}
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>{0, n - 1}(engine_); }
  std::chrono::milliseconds time_up_to(std::chrono::seconds most) {
    return std::chrono::milliseconds{below(static_cast<std::size_t>(most.count()) * 1'000)};
  }
  schedule_spec schedule(instant now) {
    auto s = kind_of_schedule(now);
    if (below(4) == 0) s.max_runs = 1 + static_cast<std::int64_t>(below(12));
    return s;
  }

private:
  schedule_spec kind_of_schedule(instant now) {
    switch (below(6)) {
    case 0: return cron_schedule{"0/7 * * * * ?", "Europe/Berlin"};
    case 1: return cron_schedule{"30 * * * * ?", "Asia/Kathmandu"};
    case 2: return every_schedule{700ms + time_up_to(3s), {}};
    case 3: return every_schedule{5s, now + time_up_to(20s)};
    case 4: return at_schedule{now + 1s + time_up_to(30s)};
    default: return after_schedule{500ms + time_up_to(5s)};
    }
  }

  std::mt19937_64 engine_;
};

/// One job's life of some minutes.
class random_life {
public:
  explicit random_life(std::uint64_t seed) : roll{seed}, h{roll.schedule(zero), zero} {
    for (int i = 0; i < 60; ++i) step();
  }
  dice roll;
  history h;
  instant now = zero;

  /// All of it, also what clocks that are off have written.
  report audited() { return audit_of(h, zero - 3s, now + 3s); }
  bool is_computed(spec_version version) const {
    plan p{h.job, h.versions};
    return p.find(version)->times.what() != schedule::timetable::kind::after;
  }

private:
  void step() {
    now += roll.time_up_to(3s);
    switch (roll.below(4)) {
    case 0: return edit();
    case 1: {
      if (auto open = h.open_trigger()) return end(open);
      h.trigger_by_hand(now);
      return;
    }
    case 2: return late_claims();
    default: return claims_on_time(now + roll.time_up_to(30s));
    }
  }

  /// By some admin, whose clock may be off.
  void edit() {
    auto leaders = now;
    if (roll.below(2) == 0) now = now - 2s + roll.time_up_to(4s);
    edit_by_this_clock();
    now = leaders;
  }
  void edit_by_this_clock() {
    if (h.removed()) return apply([](job_spec&) {});
    switch (roll.below(9)) {
    case 0: return h.paused() ? h.resume(now) : h.pause(now);
    case 1: return h.job.group_paused ? h.resume_group(now) : h.pause_group(now);
    case 2: return h.remove(now);
    case 3: return apply([](job_spec& s) { s.enabled = !s.enabled; });
    case 4: return apply([](job_spec& s) { s.retry = {2, true, true, true}; });
    case 5: return apply([](job_spec& s) { s.params += "x"; });
    case 6: return apply([](job_spec& s) { s.misfire = misfire_policy::fire_once; });
    default: return apply([this](job_spec& s) { s.schedule = roll.schedule(now); });
    }
  }
  void apply(const std::function<void(job_spec&)>& change) {
    try {
      h.apply(change, now);
    } catch (const std::runtime_error&) {
      // A single instant that is over is refused: the history goes on without that edit.
    }
  }

  void claims_on_time(instant until) {
    while (h.job.next && *h.job.next - 100ms <= until) claim(std::max(now, *h.job.next - 100ms));
    now = std::max(now, until);
  }
  /// Nobody led for a while.
  void late_claims() {
    now += roll.time_up_to(30s);
    for (int i = 0; i < 3 && h.job.next && *h.job.next <= now; ++i) claim(now);
  }
  void claim(instant at) {
    now = at;
    auto* t = h.claim(at);
    if (t && roll.below(8) != 0) end(t->id); // else it goes on
  }
  void end(trigger_id id) {
    static constexpr std::array ends{trigger_state::succeeded, trigger_state::succeeded, trigger_state::failed,
                                     trigger_state::timed_out, trigger_state::lost,      trigger_state::killed};
    now += 20ms;
    h.complete(id, now, ends[roll.below(ends.size())]);
  }
};

TEST(RandomHistories, AreCleanInEachPeriod) {
  std::uint64_t due = 0, gaps = 0, versions = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    random_life life{seed};
    auto r = life.audited();
    for (auto& error : r.found.errors())
      ADD_FAILURE() << "seed " << seed << ": " << name_of(error.what) << ": " << error.text;
    EXPECT_EQ(r.seen.due, r.seen.first_attempts + r.seen.gap_fires) << "seed " << seed;
    for (int i = 0; i < 3; ++i) {
      auto length = std::chrono::duration_cast<std::chrono::seconds>(life.now - zero) + 1s;
      auto from = zero + life.roll.time_up_to(length), to = from + life.roll.time_up_to(length);
      auto part = audit_of(life.h, from, to);
      for (auto& error : part.found.errors())
        ADD_FAILURE() << "seed " << seed << ", a part: " << name_of(error.what) << ": " << error.text;
      EXPECT_EQ(part.seen.due, part.seen.first_attempts + part.seen.gap_fires) << "seed " << seed;
      EXPECT_LE(part.seen.due, r.seen.due);
    }
    due += r.seen.due;
    gaps += r.seen.gap_rows;
    versions += life.h.versions.size();
  }
  EXPECT_GT(due, 30 * seeds) << "the histories are lively";
  EXPECT_GT(gaps, 2 * seeds);
  EXPECT_GT(versions, 8 * seeds);
}

/// The schedule's first attempts that can be told from nothing but the versions.
std::vector<audit_trigger> computed_fires(const random_life& life) {
  std::vector<audit_trigger> all;
  for (auto& t : life.h.triggers)
    if (t.origin.empty() && t.attempt == 1 && t.fire <= life.now && life.is_computed(t.version)) all.push_back(t);
  return all;
}

TEST(RandomHistories, EachFireThatIsTakenOutIsMissed) {
  int planted = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    random_life life{seed};
    auto all = computed_fires(life);
    if (all.empty()) continue;
    auto gone = all[life.roll.below(all.size())].fire;
    std::erase_if(life.h.triggers, [&](auto& t) { return t.fire == gone && t.origin.empty(); });
    auto r = life.audited();
    EXPECT_EQ(r.found.error_count(), 1u) << "seed " << seed;
    ASSERT_EQ(r.found.count(kind::missing_fire), 1u) << "seed " << seed;
    EXPECT_EQ(r.found.errors()[0].first, gone) << "seed " << seed;
    EXPECT_EQ(r.seen.due, r.seen.first_attempts + r.seen.gap_fires + 1) << "seed " << seed;
    ++planted;
  }
  EXPECT_GT(planted, 200);
}

TEST(RandomHistories, EachFireThatStandsTwiceIsSeen) {
  int planted = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    random_life life{seed};
    auto all = computed_fires(life);
    if (all.empty()) continue;
    auto twin = all[life.roll.below(all.size())];
    twin.id = trigger_id{1};
    life.h.triggers.push_back(twin);
    auto r = life.audited();
    EXPECT_EQ(r.found.count(kind::doubled_fire), 1u) << "seed " << seed;
    EXPECT_EQ(r.found.error_count(), 1u) << "seed " << seed;
    ++planted;
  }
  EXPECT_GT(planted, 200);
}

TEST(RandomHistories, EachGapRowThatIsTakenOutIsMissed) {
  int planted = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    random_life life{seed};
    auto& gaps = life.h.gaps;
    std::erase_if(gaps, [&](auto& g) { return !life.is_computed(g.version); });
    if (gaps.empty()) continue;
    auto before = life.audited();
    auto gone = gaps.begin() + static_cast<std::ptrdiff_t>(life.roll.below(gaps.size()));
    auto fires = gone->fires;
    gaps.erase(gone);
    auto r = life.audited();
    EXPECT_EQ(r.seen.missing, before.seen.missing + static_cast<std::uint64_t>(fires)) << "seed " << seed;
    ++planted;
  }
  EXPECT_GT(planted, 100);
}

} // namespace
} // namespace xxl::audit
