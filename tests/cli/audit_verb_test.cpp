// xxlctl audit against an operator's door that keeps records in memory and answers them in small pages.

#include "cli/verbs.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"
#include "tests/support/temporary_directory.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <mutex>
#include <sstream>
#include <tuple>

namespace xxl::cli {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr instant zero = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};

/// The records, each list in the order of its keys, and how they were asked for.
struct house {
  std::mutex mutex;
  std::vector<audit_job> jobs;
  std::vector<audit_version> versions;
  std::vector<audit_gap> gaps;
  std::vector<audit_trigger> triggers;
  std::size_t page = limits::page_items;
  std::vector<audit_query> asked;                   ///< for triggers
  std::function<void()> after_jobs, after_triggers; ///< called behind each page of them
};

auto key(const audit_job& x) { return std::tuple{x.id}; }
auto key(const audit_version& x) { return std::tuple{x.job, x.version}; }
auto key(const audit_gap& x) { return std::tuple{x.job, x.from}; }
auto key(const audit_trigger& x) { return std::tuple{x.job, x.fire, x.origin, x.shard, x.attempt}; }
auto key(const audit_place& x, const audit_job&) { return std::tuple{x.job}; }
auto key(const audit_place& x, const audit_version&) { return std::tuple{x.job, x.version}; }
auto key(const audit_place& x, const audit_gap&) { return std::tuple{x.job, x.fire}; }
auto key(const audit_place& x, const audit_trigger&) { return std::tuple{x.job, x.fire, x.origin, x.shard, x.attempt}; }

bool in_period(const audit_job&, const audit_query&) { return true; }
bool in_period(const audit_version&, const audit_query&) { return true; }
bool in_period(const audit_gap& x, const audit_query& q) { return x.from < q.to && x.to >= q.from; }
bool in_period(const audit_trigger& x, const audit_query& q) { return x.fire >= q.from && x.fire < q.to; }

/// As storage/catalog_audit.cpp answers.
template <class Row> std::vector<Row> page_of(house* h, std::vector<Row> house::*list, const audit_query& q) {
  std::vector<Row> page;
  auto taken = q.after ? q.after->taken : 0;
  for (auto& row : h->*list) {
    auto job = std::get<0>(key(row));
    if (job < q.first || job > q.last || !in_period(row, q)) continue;
    if (q.after && key(row) < key(*q.after, row)) continue;
    if (q.after && taken > 0 && key(row) == key(*q.after, row)) {
      --taken;
      continue;
    }
    if (page.size() == std::min<std::size_t>(h->page, q.limit)) break;
    page.push_back(row);
  }
  return page;
}

operator_actor::behavior_type door(operator_actor::pointer, house* h) {
  return {
      [](apply_atom, apply_request&) { return std::vector<apply_change>{}; },
      [](groups_atom) { return std::vector<group_view>{}; },
      [=](jobs_atom, const job_query& q) -> caf::result<std::vector<job_view>> {
        std::vector<job_view> found;
        for (auto& job : h->jobs)
          if (job.name == q.name) {
            auto& view = found.emplace_back();
            view.id = job.id;
            view.spec.group = job.group;
            view.spec.name = job.name;
          }
        if (found.empty()) return caf::error{make_error(errc::not_found, "there is no job \"" + q.name + "\"")};
        return found;
      },
      [](executors_atom) { return std::vector<executor_view>{}; },
      [](triggers_atom, const trigger_query&) { return std::vector<trigger_view>{}; },
      [](describe_atom, const job_ref&) { return job_detail{}; },
      [](trigger_atom, trigger_request&) { return trigger_receipt{}; },
      [](pause_atom, const pause_request&) { return pause_answer{}; },
      [](kill_atom, const kill_request&) { return kill_answer{}; },
      [](cluster_atom) { return cluster_view{}; },
      [](log_atom, const log_query&) { return log_chunk{}; },
      [](next_atom, const job_ref&, std::uint32_t) { return std::vector<instant>{}; },
      [](stats_atom) { return node_stats{}; },
      [=](audit_atom, jobs_atom, const audit_query& q) {
        std::lock_guard guard{h->mutex};
        auto page = page_of(h, &house::jobs, q);
        if (h->after_jobs) h->after_jobs();
        return page;
      },
      [=](audit_atom, versions_atom, const audit_query& q) { return page_of(h, &house::versions, q); },
      [=](audit_atom, gaps_atom, const audit_query& q) { return page_of(h, &house::gaps, q); },
      [=](audit_atom, triggers_atom, const audit_query& q) {
        std::lock_guard guard{h->mutex};
        auto page = page_of(h, &house::triggers, q);
        h->asked.push_back(q);
        if (h->after_triggers) h->after_triggers();
        return page;
      },
  };
}

class AuditVerb : public ::testing::Test {
protected:
  house h;
  transport::config cfg{transport::settings{}};
  caf::actor_system sys{cfg};
  operator_actor handle = sys.spawn(door, &h);
  admin a{sys, handle, "127.0.0.1:7788", std::chrono::seconds{10}};
  test::temporary_directory place;
  audit_verb verb{zero, zero + 11s, {}, {}};

  ~AuditVerb() override { caf::anon_send_exit(handle, caf::exit_reason::user_shutdown); }

  /// A job that fires each second, and its fires up to 10.
  void add_job(std::int64_t id, const std::string& name) {
    h.jobs.push_back({{id}, "orders", name, 1, false, false, zero + 11s, zero + 10s, false});
    h.versions.push_back({{id}, 1, zero, {}, zero + 1s, true, false, every_schedule{1s, {}}, {}, "2026a", {}, 0, {}});
    for (int s = 1; s <= 10; ++s) add_fire(id, zero + std::chrono::seconds{s});
  }
  void add_fire(std::int64_t job, instant fire) {
    audit_trigger t;
    t.id = trigger_id{job * 1'000 + static_cast<std::int64_t>(h.triggers.size())};
    t.job = job_id{job};
    t.fire = fire;
    t.state = trigger_state::succeeded;
    t.session = session_id{7};
    t.epoch = epoch_id{3};
    t.version = 1;
    t.claimed = fire - 100ms;
    t.started = fire;
    t.ended = fire + 30ms;
    h.triggers.push_back(std::move(t));
  }
  void remove_fire(std::int64_t job, instant fire) {
    std::erase_if(h.triggers, [&](auto& t) { return t.job.value == job && t.fire == fire; });
  }

  struct outcome {
    exit_code code = exit_code::ok;
    std::string said; ///< by the failure
    std::string out;
  };
  outcome run(format as = format::table) {
    std::ostringstream out, err;
    outcome end;
    try {
      audit(verb, a, {out, err, as});
    } catch (const failure& e) {
      end.code = e.code;
      end.said = e.what();
    }
    end.out = out.str();
    return end;
  }
};

const std::string clean = "clean: 20 fires due = 20 first attempts + 0 in 0 gap rows; 2 jobs, 20 triggers, "
                          "2026-03-01T00:00:00Z to 2026-03-01T00:00:11Z\n";

TEST_F(AuditVerb, ACleanPeriodIsOneLineAndNoFailure) {
  add_job(3, "a");
  add_job(7, "b");
  auto end = run();
  EXPECT_EQ(end.code, exit_code::ok);
  EXPECT_EQ(end.out, clean);
}

TEST_F(AuditVerb, WithoutJobsEverythingIsClean) {
  EXPECT_EQ(run().out, "clean: 0 fires due = 0 first attempts + 0 in 0 gap rows; 0 jobs, 0 triggers, "
                       "2026-03-01T00:00:00Z to 2026-03-01T00:00:11Z\n");
}

TEST_F(AuditVerb, PagesOfEverySizeAreTheSameAudit) {
  add_job(3, "a");
  add_job(7, "b");
  for (h.page = 1; h.page <= 12; ++h.page) EXPECT_EQ(run().out, clean) << "pages of " << h.page;
}

TEST_F(AuditVerb, NotesStandBeforeErrorsAndTheSummaryIsLast) {
  add_job(3, "a");
  for (auto s : {4s, 5s, 6s, 8s}) remove_fire(3, zero + s);
  h.gaps.push_back({{3}, zero + 4s, zero + 6s, 3, zero + 6s, 1, state_reason::misfire});
  auto end = run();
  EXPECT_EQ(end.code, exit_code::failed);
  EXPECT_EQ(end.said, "the audit found 1 error");
  EXPECT_EQ(
      end.out,
      "note gap: orders/a: the gap row from 2026-03-01T00:00:04Z to 2026-03-01T00:00:06Z: 3 fires passed over, reason "
      "misfire\n"
      "error missing_fire: orders/a: the fire of 2026-03-01T00:00:08Z has neither a first attempt nor a gap row\n"
      "1 error (1 missing_fire): 10 fires due = 6 first attempts + 3 in 1 gap row + 1 missing; 1 job, 6 triggers, "
      "2026-03-01T00:00:00Z to 2026-03-01T00:00:11Z\n");
}

TEST_F(AuditVerb, TwoRowsOfOneKeyAreSeenWhereverAPageEnds) {
  add_job(3, "a");
  auto twin = h.triggers.begin() + 4;
  for (int copies = 0; copies < 3; ++copies) twin = h.triggers.insert(twin, *twin);
  for (h.page = 1; h.page <= 14; ++h.page)
    EXPECT_THAT(run().out, HasSubstr("3 errors (3 doubled_fire): ")) << "pages of " << h.page;
}

TEST_F(AuditVerb, RecordsOfJobsThatDoNotExistAreFoundBetweenBeforeAndBehindTheOthers) {
  for (std::int64_t id : {3, 7, 9, 12}) add_job(id, "job-" + std::to_string(id));
  std::erase_if(h.jobs, [](auto& j) { return j.id.value != 7 && j.id.value != 9; });
  h.gaps.push_back({{8}, zero + 4s, zero + 6s, 3, zero + 6s, 1, state_reason::misfire});
  h.jobs.push_back({{20}, "orders", "idle", 1, false, false, {}, {}, false});
  h.versions.push_back({{20}, 1, zero, {}, {}, true, false, no_schedule{}, {}, "2026a", {}, 0, {}});
  for (h.page = 1; h.page <= 3; ++h.page) {
    auto end = run();
    EXPECT_THAT(end.out, HasSubstr("job 3: there is no such job, but 10 triggers and 0 gap rows of it"));
    EXPECT_THAT(end.out, HasSubstr("job 8: there is no such job, but 0 triggers and 1 gap rows of it"));
    EXPECT_THAT(end.out, HasSubstr("job 12: there is no such job, but 10 triggers and 0 gap rows of it"));
    EXPECT_THAT(end.out, HasSubstr("3 errors (3 unknown_job): 20 fires due"));
  }
  add_job(30, "behind");
  h.jobs.pop_back();
  EXPECT_THAT(run().out, HasSubstr("job 30: there is no such job"));
}

TEST_F(AuditVerb, OneJobAloneIsRead) {
  add_job(3, "a");
  add_job(7, "b");
  remove_fire(3, zero + 4s);
  verb.job = {"", "b"};
  auto end = run();
  EXPECT_EQ(end.code, exit_code::ok) << end.out;
  EXPECT_THAT(end.out, HasSubstr("clean: 10 fires due"));
  for (auto& q : h.asked) {
    EXPECT_EQ(q.first, job_id{7});
    EXPECT_EQ(q.last, job_id{7});
  }
  verb.job = {"orders", "a"};
  EXPECT_EQ(run().code, exit_code::failed);
  verb.job = {"orders", "nobody"};
  EXPECT_EQ(run().code, exit_code::not_found);
}

TEST_F(AuditVerb, ThePeriodIsWhatIsAskedFor) {
  add_job(3, "a");
  verb.from = zero + 3s;
  verb.to = zero + 5s;
  EXPECT_THAT(run().out, HasSubstr("clean: 2 fires due = 2 first attempts"));
  for (auto& q : h.asked) {
    EXPECT_EQ(q.from, zero + 3s);
    EXPECT_EQ(q.to, zero + 5s);
    EXPECT_EQ(q.limit, limits::page_items);
  }
}

TEST_F(AuditVerb, AnErrorOfTwoPagesThatContradictEachOtherIsNotShownTwice) {
  add_job(3, "a");
  h.versions[0].retry = {1, true, true, false};
  auto& failing = h.triggers[4];
  failing.state = trigger_state::running;
  failing.ended.reset();
  h.page = 5; // ends with the row that is still running
  h.after_triggers = [&] {
    if (h.asked.size() != 1) return; // between the first two pages it fails and is tried again
    h.triggers[4].state = trigger_state::failed;
    h.triggers[4].ended = zero + 6s;
    auto again = h.triggers[4];
    again.id = trigger_id{99};
    again.attempt = 2;
    again.cause = trigger_cause::retry;
    again.state = trigger_state::succeeded;
    h.triggers.insert(h.triggers.begin() + 5, again);
  };
  auto end = run();
  EXPECT_EQ(end.code, exit_code::ok) << end.out;
  EXPECT_THAT(end.out, HasSubstr("11 triggers"));
  auto first_reading = std::count_if(h.asked.begin(), h.asked.end(), [](auto& q) { return q.first == job_id{1}; });
  auto second = std::count_if(h.asked.begin(), h.asked.end(), [](auto& q) { return q.first == job_id{3}; });
  EXPECT_EQ(first_reading, 4) << "pages of 5, 5, 1 and 0";
  EXPECT_EQ(second, 4) << "the job alone";
}

TEST_F(AuditVerb, AJobThatIsMadeWhileTheAuditReadsIsNoStranger) {
  add_job(3, "a");
  add_job(7, "b");
  auto late = h.jobs.back();
  h.jobs.pop_back();
  int pages = 0;
  h.after_jobs = [&] {
    if (++pages == 2) h.jobs.push_back(late); // behind the page that said that there are no more
  };
  auto end = run();
  EXPECT_EQ(end.code, exit_code::ok) << end.out;
  EXPECT_EQ(end.out, clean);
}

TEST_F(AuditVerb, ManyErrorsAreCountedAndTheFirstOnesShown) {
  add_job(3, "a");
  for (int i = 0; i < 1'010; ++i) { // by hand, each twice
    audit_trigger t = h.triggers.back();
    t.fire = zero + 10s + 1ms;
    t.origin = "m" + std::to_string(10'000 + i);
    t.cause = trigger_cause::manual;
    h.triggers.push_back(t);
    h.triggers.push_back(t);
  }
  auto end = run();
  EXPECT_EQ(end.said, "the audit found 1010 errors");
  EXPECT_EQ(std::count(end.out.begin(), end.out.end(), '\n'), 1'002);
  EXPECT_THAT(end.out,
              HasSubstr("\nerror: and 10 more; narrow the period or the job\n1010 errors (1010 attempt_doubled): "));
}

// ---- the handlers' record

class AuditHandlers : public AuditVerb {
protected:
  AuditHandlers() { add_job(3, "a"); }
  std::string lines() {
    std::string text;
    for (auto& t : h.triggers) {
      auto second = std::to_string(std::chrono::duration_cast<std::chrono::seconds>(t.fire - zero).count());
      text += "orders/a 2026-03-01T00:00:" + std::string(2 - second.size(), '0') + second + ".000Z - -1 1 7\n";
    }
    return text;
  }
  void write(const std::string& text) { verb.handlers = place.write("starts.txt", text).string(); }
};

TEST_F(AuditHandlers, ThatAgreeAreCounted) {
  write(lines());
  auto end = run();
  EXPECT_EQ(end.code, exit_code::ok) << end.out;
  EXPECT_THAT(end.out, HasSubstr("; 10 starts in the handlers' record; 1 job"));
}

TEST_F(AuditHandlers, ThatDisagreeAreErrors) {
  write(lines() + "orders/a 2026-03-01T00:00:04.000Z - -1 1 7\norders/b 2026-03-01T00:00:04.000Z - -1 1 7\n");
  auto end = run();
  EXPECT_EQ(end.code, exit_code::failed);
  EXPECT_THAT(end.out, HasSubstr("2 errors (1 handler_doubled, 1 handler_without_row): "));
  verb.job = {"orders", "a"};
  EXPECT_THAT(run().out, HasSubstr("1 error (1 handler_doubled): ")) << "other jobs are left alone";
}

TEST_F(AuditHandlers, ABadLineIsNamedByFileAndLine) {
  write(lines() + "orders/a yesterday - -1 1 7\n");
  auto end = run();
  EXPECT_EQ(end.code, exit_code::bad_files);
  EXPECT_THAT(end.said, HasSubstr(verb.handlers + ":11: FIRE \"yesterday\": "));
  EXPECT_EQ(end.out, "");
}

TEST_F(AuditHandlers, AFileThatCannotBeReadIsSaidSo) {
  verb.handlers = (place / "nothing.txt").string();
  auto end = run();
  EXPECT_EQ(end.code, exit_code::bad_files);
  EXPECT_EQ(end.said, "cannot read " + verb.handlers + ": No such file or directory");
}

// ---- for programs

TEST_F(AuditVerb, JsonHasEachCountAndFinding) {
  add_job(3, "a");
  auto twin = h.triggers[4];
  twin.id = trigger_id{99};
  h.triggers.insert(h.triggers.begin() + 5, twin);
  auto end = run(format::json);
  EXPECT_EQ(end.code, exit_code::failed);
  auto all = nlohmann::json::parse(end.out);
  EXPECT_EQ(all.at("from"), "2026-03-01T00:00:00.000Z");
  EXPECT_EQ(all.at("to"), "2026-03-01T00:00:11.000Z");
  EXPECT_EQ(all.at("clean"), false);
  EXPECT_EQ(all.at("jobs"), 1);
  EXPECT_EQ(all.at("triggers"), 11);
  EXPECT_EQ(all.at("due"), 10);
  EXPECT_EQ(all.at("first_attempts"), 10);
  EXPECT_EQ(all.at("missing"), 0);
  EXPECT_EQ(all.at("handler_starts"), nullptr);
  EXPECT_EQ(all.at("counts"), nlohmann::json({{"doubled_fire", 1}}));
  EXPECT_EQ(all.at("notes"), nlohmann::json::array());
  auto& error = all.at("errors").at(0);
  EXPECT_EQ(error.at("kind"), "doubled_fire");
  EXPECT_EQ(error.at("job"), "orders/a");
  EXPECT_EQ(error.at("first"), "2026-03-01T00:00:05.000Z");
  EXPECT_EQ(error.at("trigger"), 99);
  EXPECT_EQ(error.at("attempt"), 1);
  EXPECT_EQ(error.at("text"),
            "orders/a: trigger 99, the fire of 2026-03-01T00:00:05Z, stands twice: trigger 3004 has the same key");
}

} // namespace
} // namespace xxl::cli
