// Each verb against an operator's door that answers from memory.

#include "cli/verbs.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"
#include "tests/cli/views.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <sstream>

namespace xxl::cli {
namespace {

using namespace test;

/// Answers, and what was asked.
struct house {
  std::mutex mutex;
  std::vector<job_view> jobs{cron_job(), delayed_script()};
  std::vector<trigger_view> triggers{failed_trigger()};
  std::vector<log_chunk> chunks; ///< one for each question, the last again and again
  std::vector<std::uint64_t> asked_lines;
  std::vector<apply_request> applied;
  std::vector<trigger_request> triggered;
  std::vector<std::uint32_t> limits;
  std::vector<std::optional<instant>> asked_from; ///< trigger_query::ended_from
  std::vector<trigger_query> asked_triggers;
  std::string fail_apply; ///< name of a job whose request ends with an error
  bool silent = false;    ///< trigger never answers
  std::vector<kill_request> killed;
  kill_answer kill{0, 1, 0, {}};
};

operator_actor::behavior_type door(operator_actor::pointer self, house* h) {
  return {
      [=](apply_atom, apply_request& r) -> caf::result<std::vector<apply_change>> {
        std::lock_guard guard{h->mutex};
        std::vector<apply_change> changes;
        for (auto& g : r.groups) changes.push_back({"group", g.name, "", "created", ""});
        for (auto& j : r.jobs) {
          if (j.name == h->fail_apply) return caf::error{make_error(errc::unavailable, "database: gone")};
          bool bad = j.name == "bad";
          changes.push_back({"job", j.group, j.name, bad ? "failed" : "created", bad ? "it is bad" : ""});
        }
        h->applied.push_back(std::move(r));
        return changes;
      },
      [](groups_atom) { return std::vector<group_view>{}; },
      [=](jobs_atom, const job_query& q) -> caf::result<std::vector<job_view>> {
        std::lock_guard guard{h->mutex};
        h->limits.push_back(q.limit);
        std::vector<job_view> found;
        for (auto& j : h->jobs)
          if ((q.name.empty() || q.name == j.spec.name) && j.id > q.after && found.size() < q.limit) found.push_back(j);
        if (found.empty() && !q.name.empty())
          return caf::error{make_error(errc::not_found, "there is no job \"" + q.name + "\"; did you mean \"sweep\"?")};
        return found;
      },
      [](executors_atom) {
        executor_view a, b;
        a.group = "orders";
        b.group = "billing";
        return std::vector{a, b};
      },
      [=](triggers_atom, const trigger_query& q) {
        std::lock_guard guard{h->mutex};
        h->asked_from.push_back(q.ended_from);
        h->asked_triggers.push_back(q);
        std::vector<trigger_view> found;
        for (auto& t : h->triggers)
          if ((!q.id || *q.id == t.id) && (!q.before || t.id < q.before->id) && found.size() < q.limit)
            found.push_back(t);
        return found;
      },
      [](describe_atom, const job_ref& ref) {
        job_detail d;
        d.job = cron_job();
        d.job.spec.group = ref.group;
        return d;
      },
      [=](trigger_atom, trigger_request& r) -> caf::result<trigger_receipt> {
        std::lock_guard guard{h->mutex};
        h->triggered.push_back(r);
        if (h->silent) return self->make_response_promise<trigger_receipt>();
        return trigger_receipt{trigger_id{9}, noon, h->triggered.size() > 1};
      },
      [](pause_atom, const pause_request& r) {
        return r.pause ? pause_answer{true, {}} : pause_answer{false, noon};
      },
      [=](kill_atom, kill_request& r) {
        std::lock_guard guard{h->mutex};
        h->killed.push_back(std::move(r));
        return h->kill;
      },
      [](cluster_atom) {
        cluster_view c;
        c.leader = "admin-1";
        return c;
      },
      [=](log_atom, const log_query& q) {
        std::lock_guard guard{h->mutex};
        h->asked_lines.push_back(q.from_line);
        auto chunk = h->chunks.front();
        if (h->chunks.size() > 1) h->chunks.erase(h->chunks.begin());
        return chunk;
      },
      [](next_atom, const job_ref& ref, std::uint32_t n) {
        return std::vector<instant>(ref.name == "sweep" ? 0 : n, noon);
      },
      [](stats_atom) {
        node_stats s;
        s.node = "admin-1";
        return s;
      },
      [](audit_atom, jobs_atom, const audit_query&) { return std::vector<audit_job>{}; },
      [](audit_atom, versions_atom, const audit_query&) { return std::vector<audit_version>{}; },
      [](audit_atom, gaps_atom, const audit_query&) { return std::vector<audit_gap>{}; },
      [](audit_atom, triggers_atom, const audit_query&) { return std::vector<audit_trigger>{}; },
  };
}

class Verbs : public ::testing::Test {
protected:
  house h;
  transport::config cfg{transport::settings{}};
  caf::actor_system sys{cfg};
  operator_actor handle = sys.spawn(door, &h);
  admin a{sys, handle, "127.0.0.1:7788", std::chrono::seconds{10}};
  std::ostringstream out, err;
  printer table{out, err, format::table}, json_printer{out, err, format::json};
  std::vector<std::string> files;

  ~Verbs() override {
    caf::anon_send_exit(handle, caf::exit_reason::user_shutdown);
    for (auto& f : files) std::remove(f.c_str());
  }

  std::string file(const std::string& text) {
    auto path =
        ::testing::TempDir() + "xxl_verbs_" + std::to_string(::getpid()) + "_" + std::to_string(files.size()) + ".yaml";
    std::ofstream{path} << text;
    files.push_back(path);
    return path;
  }
  std::string jobs_file(const std::vector<std::string>& names) {
    std::string text = "version: 1\ngroups:\n  - name: orders\njobs:\n";
    for (auto& n : names) text += "  - {name: " + n + ", group: orders, schedule: {every: 30s}, handler: h}\n";
    return file(text);
  }

  /// The failure's code and text; the test fails if there is none.
  template <class F> std::pair<exit_code, std::string> failure_in(F verb) {
    try {
      verb();
    } catch (const failure& e) {
      return {e.code, e.what()};
    }
    ADD_FAILURE() << "nothing failed";
    return {};
  }
};

TEST_F(Verbs, ABareNameIsLookedUp) {
  auto ref = resolve(a, {"", "close-stale"});
  EXPECT_EQ(ref.group, "orders");
  auto twin = cron_job();
  twin.spec.group = "billing";
  twin.id.value = 99;
  h.jobs.push_back(twin);
  auto [code, text] = failure_in([&] { resolve(a, {"", "close-stale"}); });
  EXPECT_EQ(code, exit_code::usage);
  EXPECT_EQ(text, "\"close-stale\" is in several groups; name one of orders/close-stale, billing/close-stale");
}

TEST_F(Verbs, AMistypedJobIsNotFoundAndTheNearestIsNamed) {
  auto [code, text] = failure_in([&] { describe_job({{"", "sweeep"}}, a, table); });
  EXPECT_EQ(code, exit_code::not_found);
  EXPECT_EQ(text, "there is no job \"sweeep\"; did you mean \"sweep\"?");
}

TEST_F(Verbs, GetJobsAsksPageByPageUpToItsLimit) {
  h.jobs.clear();
  for (int i = 1; i <= 1'500; ++i) {
    auto j = delayed_script();
    j.id.value = i;
    h.jobs.push_back(j);
  }
  get_jobs({{}, 1'200}, a, table);
  EXPECT_EQ(h.limits, (std::vector<std::uint32_t>{1'000, 200}));
  auto text = out.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1'201);
  h.limits.clear();
  get_jobs({{}, 5'000}, a, table);
  EXPECT_EQ(h.limits, (std::vector<std::uint32_t>{1'000, 1'000, 1'000})) << "only an empty page is the last";
}

TEST_F(Verbs, GetTriggersGoesBackFromTheNewest) {
  h.triggers.clear();
  for (int i = 1'100; i >= 1; --i) {
    h.triggers.push_back(waiting_trigger());
    h.triggers.back().id.value = i;
  }
  get_triggers({{}, {}, {}, {}, 1'050}, a, table);
  auto text = out.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1'051);
  EXPECT_NE(text.find("\n51 "), std::string::npos);
  EXPECT_EQ(text.find("\n50 "), std::string::npos);
  ASSERT_EQ(h.asked_from.size(), 2u);
  EXPECT_TRUE(h.asked_from[0]);
  EXPECT_EQ(h.asked_from[0], h.asked_from[1]) << "the end of the list stands still over its pages";
}

TEST_F(Verbs, GetExecutorsOfOneGroup) {
  get_executors({"billing"}, a, json_printer);
  EXPECT_NE(out.str().find("billing"), std::string::npos);
  EXPECT_EQ(out.str().find("orders"), std::string::npos);
}

TEST_F(Verbs, DescribeOfAnUnknownTriggerIsNotFound) {
  auto [code, text] = failure_in([&] { describe_trigger({trigger_id{1}}, a, table); });
  EXPECT_EQ(code, exit_code::not_found);
  EXPECT_EQ(text, "there is no trigger 1");
}

TEST_F(Verbs, TriggerSaysWhatItStarted) {
  trigger({{"orders", "a"}, "--x", "r1"}, a, "ann@host", table);
  EXPECT_EQ(out.str(), "trigger 9 of orders/a at 2026-12-01T12:00:00.000Z\n");
  EXPECT_EQ(h.triggered[0].request, "r1");
  EXPECT_EQ(h.triggered[0].params, "--x");
  EXPECT_EQ(h.triggered[0].who, "ann@host");
  out.str({});
  trigger({{"orders", "a"}, {}, "r1"}, a, "ann@host", table);
  EXPECT_EQ(out.str(), "trigger 9 of orders/a at 2026-12-01T12:00:00.000Z: known already, nothing was started\n");
}

TEST_F(Verbs, TriggerMakesARequestIdOfItsOwn) {
  trigger({{"orders", "a"}, {}, ""}, a, "ann@host", table);
  trigger({{"orders", "a"}, {}, ""}, a, "ann@host", table);
  EXPECT_EQ(h.triggered[0].request.size(), 32u);
  EXPECT_NE(h.triggered[0].request, h.triggered[1].request);
}

TEST_F(Verbs, ATriggerWithoutAnswerNamesTheRequestIdToRepeat) {
  h.silent = true;
  admin impatient{sys, handle, "127.0.0.1:7788", std::chrono::milliseconds{20}};
  auto [code, text] = failure_in([&] { trigger({{"orders", "a"}, {}, "r1"}, impatient, "ann@host", table); });
  EXPECT_EQ(code, exit_code::no_answer);
  EXPECT_EQ(text,
            "admin 127.0.0.1:7788 did not answer within 20ms; look whether a change has happened before repeating it; "
            "repeating it with --request-id r1 starts it at most once");
}

TEST_F(Verbs, PauseAndResume) {
  pause({{"orders", "a"}, true}, a, "ann@host", table);
  pause({{"orders", "a"}, false}, a, "ann@host", table);
  EXPECT_EQ(out.str(), "job orders/a paused\n"
                       "job orders/a was not paused, next fire 2026-12-01T12:00:00.000Z\n");
}

TEST_F(Verbs, NextWithoutFiresSaysWhy) {
  next({{"orders", "a"}, 2, {}}, a, table);
  EXPECT_EQ(out.str(), "2026-12-01T12:00:00.000Z\n2026-12-01T12:00:00.000Z\n");
  EXPECT_EQ(err.str(), "");
  next({{"orders", "sweep"}, 2, {}}, a, table);
  EXPECT_EQ(err.str().find("no fire is planned: "), 0u);
}

TEST_F(Verbs, SimulateTakesTheMeanOfWhatAnAdminHasMeasured) {
  auto longer = failed_trigger();
  longer.id.value = 1'041;
  longer.ended = *longer.started + 2'500ms;
  h.triggers = {failed_trigger(), longer, waiting_trigger()}; // 1.5 s, 2.5 s, and one that never ran
  simulate_verb v;
  v.paths = {jobs_file({"a", "b"})};
  v.durations = {{{"", "b"}, 7s}};
  v.measured = true;
  simulate(
      v,
      [&] {
        return admin{sys, handle, "x"};
      },
      noon, json_printer);
  EXPECT_NE(out.str().find("\"job\":\"orders/a\",\"enabled\":true,\"duration\":2000,"), std::string::npos);
  EXPECT_NE(out.str().find("\"job\":\"orders/b\",\"enabled\":true,\"duration\":7000,"), std::string::npos)
      << "what is given counts more";
  ASSERT_EQ(h.asked_triggers.size(), 1u);
  EXPECT_EQ(h.asked_triggers[0].group, "orders");
  EXPECT_EQ(h.asked_triggers[0].job, "a");
  EXPECT_EQ(h.asked_triggers[0].state, trigger_state::succeeded);
  EXPECT_EQ(h.asked_triggers[0].ended_from, noon - std::chrono::days{31});
  EXPECT_EQ(h.asked_triggers[0].limit, 20u);
}

TEST_F(Verbs, ExplainScheduleOfAnAdminsJob) {
  explain_schedule_verb v;
  v.jobs = {{"", {"", "close-stale"}}};
  int connections = 0;
  auto connected = [&] {
    ++connections;
    return admin{sys, handle, "x"};
  };
  explain_schedule(v, connected, noon, table);
  EXPECT_EQ(out.str().find("Job:        orders/close-stale\n"
                           "Schedule:   cron 0 */5 * * * ? Asia/Shanghai\n"
                           "Meaning:    every 5 minutes, Asia/Shanghai\n"),
            0u)
      << out.str();
  v.jobs.push_back(v.jobs[0]);
  explain_schedule(v, connected, noon, table);
  EXPECT_EQ(connections, 2) << "one for each command";
}

TEST_F(Verbs, LogsPrintsWhatIsThere) {
  h.chunks = {{1, {"one", "two"}, false, true}, {3, {"three"}, false, true}, {4, {}, false, true}};
  logs({trigger_id{9}, false, 1}, a, table);
  EXPECT_EQ(out.str(), "one\ntwo\nthree\n");
  EXPECT_EQ(h.asked_lines, (std::vector<std::uint64_t>{1, 3, 4}));
  EXPECT_EQ(err.str(), "");
}

TEST_F(Verbs, LogsFollowsUntilTheRunIsOver) {
  h.chunks = {{1, {}, false, false}, {1, {"one"}, false, true}, {2, {}, false, true}, {2, {"two"}, true, true}};
  logs({trigger_id{9}, true, 1}, a, json_printer);
  EXPECT_EQ(out.str(), "{\"line\":1,\"text\":\"one\"}\n{\"line\":2,\"text\":\"two\"}\n");
  EXPECT_EQ(h.asked_lines, (std::vector<std::uint64_t>{1, 1, 2, 2}));
}

TEST_F(Verbs, LogsOfATriggerThatNeverRanSaysSo) {
  h.chunks = {{1, {}, true, false}};
  logs({trigger_id{9}, true, 1}, a, table);
  EXPECT_EQ(out.str(), "");
  EXPECT_EQ(err.str(), "trigger 9 has no log: no executor has started it\n");
}

TEST_F(Verbs, ApplyPrintsChangesAndASummary) {
  apply(
      {{jobs_file({"a", "b"})}},
      [&] {
        return admin{sys, handle, "x"};
      },
      "ann@host", table);
  EXPECT_EQ(out.str(), "group orders created\njob orders/a created\njob orders/b created\n"
                       "3 created, 0 changed, 0 unchanged, 0 failed\n");
  EXPECT_EQ(h.applied[0].who, "ann@host");
  EXPECT_EQ(h.applied[0].source, files[0]);
}

TEST_F(Verbs, ApplyWithAFailedItemFails) {
  auto [code, text] = failure_in([&] {
    apply(
        {{jobs_file({"a", "bad"})}},
        [&] {
          return admin{sys, handle, "x"};
        },
        "ann@host", table);
  });
  EXPECT_EQ(code, exit_code::failed);
  EXPECT_EQ(text, "1 item could not be applied");
  EXPECT_NE(out.str().find("job orders/bad failed: it is bad\n2 created, 0 changed, 0 unchanged, 1 failed\n"),
            std::string::npos)
      << out.str();
}

TEST_F(Verbs, ApplyThatBreaksOffSaysWhatCameBefore) {
  std::vector<std::string> names;
  for (int i = 0; i < 1'100; ++i) names.push_back("j" + std::to_string(i));
  h.fail_apply = "j1050";
  auto [code, text] = failure_in([&] {
    apply(
        {{jobs_file(names)}},
        [&] {
          return admin{sys, handle, "x"};
        },
        "ann@host", table);
  });
  EXPECT_EQ(code, exit_code::failed);
  EXPECT_EQ(text, "database: gone");
  EXPECT_NE(out.str().find("\n1000 created, 0 changed, 0 unchanged, 0 failed\n"), std::string::npos);
}

TEST_F(Verbs, ApplyOfInvalidFilesNeverConnects) {
  bool connected = false;
  auto bad = file("version: 1\njobs:\n  - {name: a, group: orders, schedul: none, handler: h}\n");
  auto [code, text] = failure_in([&] {
    apply(
        {{bad}},
        [&] {
          connected = true;
          return admin{sys, handle, "x"};
        },
        "ann@host", table);
  });
  EXPECT_EQ(code, exit_code::bad_files);
  EXPECT_NE(err.str().find(bad + ":3:"), std::string::npos) << err.str();
  EXPECT_FALSE(connected);
}

TEST_F(Verbs, ApplyMayNameAGroupThatOnlyTheAdminKnows) {
  auto f = file("version: 1\njobs:\n  - {name: a, group: orders, schedule: none, handler: h}\n");
  apply(
      {{f}},
      [&] {
        return admin{sys, handle, "x"};
      },
      "ann@host", table);
  EXPECT_EQ(h.applied.size(), 1u);
  auto [code, text] = failure_in([&] { validate({{f}}, table); });
  EXPECT_EQ(code, exit_code::bad_files) << "alone, the group is a dangling reference";
}

TEST_F(Verbs, ValidateCountsWhatItRead) {
  validate({{jobs_file({"a", "b"})}}, table);
  EXPECT_EQ(out.str(), "1 file, 1 group, 2 jobs: valid\n");
}

TEST_F(Verbs, ValidateAsJsonListsTheProblems) {
  auto bad = file("version: 1\nnonsense: 1\n");
  auto [code, text] = failure_in([&] { validate({{bad}}, json_printer); });
  EXPECT_EQ(code, exit_code::bad_files);
  EXPECT_NE(out.str().find("\"line\": 2,"), std::string::npos) << out.str();
  EXPECT_EQ(err.str(), "") << "the problems are in the answer";
}

TEST(FailureOf, TellsTheShellWhatKindItWas) {
  auto code = [](const caf::error& e) { return failure_of(e, "x", std::chrono::seconds{1}).code; };
  EXPECT_EQ(code(make_error(errc::not_found, "")), exit_code::not_found);
  EXPECT_EQ(code(make_error(errc::deadline_exceeded, "")), exit_code::no_answer);
  EXPECT_EQ(code(make_error(errc::protocol_mismatch, "")), exit_code::unreachable);
  EXPECT_EQ(code(make_error(errc::unavailable, "")), exit_code::failed);
  EXPECT_EQ(code(caf::make_error(caf::sec::request_timeout)), exit_code::no_answer);
  EXPECT_EQ(code(caf::make_error(caf::sec::request_receiver_down)), exit_code::unreachable);
}

TEST_F(Verbs, KillNamesTheTriggerOrTheJobsFullName) {
  kill({trigger_id{1042}, {}}, a, "ann", table);
  EXPECT_EQ(out.str(), "trigger 1042: marked; its executor ends it\n");
  out.str("");
  h.kill = {2, 1, 0, {}};
  kill({{}, {"", "sweep"}}, a, "ann", table);
  EXPECT_EQ(out.str(), "job orders/sweep: 2 killed before being sent, 1 marked; their executors end them\n");
  EXPECT_EQ(h.killed.at(0).trigger, trigger_id{1042});
  EXPECT_EQ(h.killed.at(1).job.name, "sweep");
  EXPECT_EQ(h.killed.at(1).who, "ann");
}

TEST_F(Verbs, ClusterPrintsWhoLeads) {
  cluster(a, table);
  EXPECT_NE(out.str().find("Leader:  admin-1\n"), std::string::npos);
}

} // namespace
} // namespace xxl::cli
