// xxlctl audit on a ledger that real programs wrote: it agrees with the handlers' own count, and finds what was planted
// by hand into a copy of the database.

#include "tests/e2e/harness/ledger.hpp"
#include "tests/e2e/harness/nodes.hpp"
#include "tests/e2e/harness/record.hpp"
#include "tests/support/postgres_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <stdexcept>

namespace xxl::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

test::postgres_server::options tcp() {
  test::postgres_server::options o;
  o.tcp = true;
  return o;
}

class Audit : public ::testing::Test {
protected:
  workspace place;
  test::postgres_server server{tcp()};
  std::string database = server.fresh_database();
  std::string record = (place / "record").string();
  admin_at admin{free_port()};
  process node = start_admin(admin, database);
  process recorder = start_recorder();

  void SetUp() override {
    admin.wait_until_it_answers();
    apply("200ms");
    admin.wait_for_executors(1);
  }

  process start_admin(const admin_at& at, const std::string& in_database) {
    auto port = std::to_string(at.port());
    return start_node(place, {"--role=admin", "--listen=" + at.endpoint(), "--database=" + server.tcp_url(in_database),
                              "--data=admin-" + port, "--node=admin-" + port});
  }
  process start_recorder() {
    return process{
        {{program("e2e_recorder"), "recording", "recorder-1", (place / "recorder").string(), admin.endpoint()},
         {},
         place / ""}};
  }

  /// All sorts of jobs; the fixed rate's period may be changed, and all may be disabled.
  void apply(const std::string& every, bool enabled = true) {
    auto job = [&](const std::string& name, const std::string& schedule, const std::string& rest) {
      return "  - {name: " + name + ", group: recording, schedule: {" + schedule + "}, params: \"" + record + "\", " +
             rest + (enabled ? "" : ", enabled: false") + "}\n";
    };
    admin.ask({"apply",
               place
                   .write("jobs.yaml", "version: 1\ngroups:\n  - {name: recording, title: Records}\ncalendars:\n  - "
                                       "{name: always, exclude: [2199-12-31]}\njobs:\n" +
                                           job("rate", "every: " + every, "handler: record") +
                                           job("cron", "cron: \"* * * * * ?\"", "handler: record") +
                                           job("delay", "after: 150ms", "handler: record") +
                                           job("limited", "every: 300ms, max_runs: 4", "handler: record") +
                                           job("spread", "every: 1s, jitter: 300ms", "handler: record") +
                                           job("unixy", "cron: \"@every 1s\", dialect: unix", "handler: record") +
                                           job("open", "cron: \"* * * * * ?\", calendar: always", "handler: record") +
                                           job("retried", "every: 500ms", "handler: flaky, retries: 2"))
                   .string()});
  }

  std::vector<recorded_run> runs() const { return read_record(record); }
  /// Waits until that many more runs of a job have begun.
  void wait_for_runs_of(const std::string& job, std::ptrdiff_t more) {
    auto count = [&] {
      auto all = runs();
      return std::count_if(all.begin(), all.end(), [&](auto& r) { return r.key.job == "recording/" + job; });
    };
    auto wanted = count() + more;
    if (!eventually([&] { return count() >= wanted; }, patience))
      throw std::runtime_error{"only " + std::to_string(count()) + " of " + std::to_string(wanted) + " runs of " + job};
  }

  /// Edits, pauses, triggers by hand; then nothing fires any more and every trigger is final.
  void live_a_little() {
    wait_for_runs_of("rate", 10);
    admin.ask({"pause", "rate"});
    admin.ask({"trigger", "delay"});
    wait_for_runs_of("cron", 2);
    admin.ask({"resume", "rate"});
    wait_for_runs_of("rate", 5);
    apply("300ms");
    wait_for_runs_of("rate", 5);
    wait_for_runs_of("retried", 4);
    apply("300ms", false); // a pause would hold a retry that waits
    auto open = [this] { return read_ledger(server.tcp_url(database)).open(); };
    if (!eventually([&] { return open() == 0; }, patience))
      throw std::runtime_error{std::to_string(open()) + " triggers are still open"};
  }

  /// Fire times of a job's first attempts by the schedule, as the recorder wrote them, sorted.
  words first_fires_of(const std::string& job) const {
    words fires;
    std::ifstream in{record};
    for (std::string name, fire, origin, shard, attempt, session;
         in >> name >> fire >> origin >> shard >> attempt >> session;)
      if (name == job && origin == "-" && attempt == "1") fires.push_back(fire);
    std::sort(fires.begin(), fires.end());
    return fires;
  }

  static words audit(words more = {}) {
    words verb{"audit", "--from", "2020-01-01T00:00:00Z", "--to", "2100-01-01T00:00:00Z"};
    verb.insert(verb.end(), more.begin(), more.end());
    return verb;
  }
  static std::string last_line(const std::string& text) {
    auto end = text.find_last_not_of('\n');
    return text.substr(text.rfind('\n', end) + 1);
  }
};

TEST_F(Audit, AgreesWithTheHandlersOwnCount) {
  live_a_little();
  auto end = admin.ctl(audit({"--handlers", record}));
  EXPECT_EQ(end.code, 0) << end.output << end.errors;
  EXPECT_THAT(last_line(end.output), StartsWith("clean: "));
  EXPECT_THAT(end.output, HasSubstr("note gap: recording/rate: "));

  auto all = admin.json(audit({"--handlers", record}));
  auto noted = runs();
  auto at_rest = read_ledger(server.tcp_url(database));
  EXPECT_EQ(all.at("handler_starts"), noted.size());
  EXPECT_EQ(all.at("triggers"), at_rest.rows.size());
  EXPECT_EQ(all.at("triggers"), noted.size()) << "each trigger ran once";
  auto first = std::count_if(at_rest.rows.begin(), at_rest.rows.end(),
                             [](auto& row) { return row.key.attempt == 1 && row.key.origin.empty(); });
  EXPECT_EQ(all.at("first_attempts"), first);
  EXPECT_EQ(all.at("gap_rows"), at_rest.gaps.size());
  EXPECT_EQ(all.at("due").get<std::int64_t>(),
            all.at("first_attempts").get<std::int64_t>() + all.at("gap_fires").get<std::int64_t>());
}

TEST_F(Audit, IsCleanWhileTheLedgerIsWritten) {
  for (int i = 0; i < 10; ++i) {
    wait_for_runs_of("rate", 2);
    auto end = admin.ctl(audit());
    EXPECT_EQ(end.code, 0) << end.output << end.errors;
  }
}

TEST_F(Audit, FindsAGapAndADoubleThatWerePlanted) {
  live_a_little();
  recorder.signal(SIGTERM);
  recorder.wait_exit();
  node.signal(SIGTERM);
  node.wait_exit();
  auto copy = server.fresh_database_from(database);
  auto url = server.tcp_url(copy);
  auto rows = read_ledger(url).rows;
  std::erase_if(rows,
                [](auto& r) { return r.key.job != "recording/rate" || r.key.attempt != 1 || !r.key.origin.empty(); });
  ASSERT_GE(rows.size(), 10u);
  auto gone = rows[3], twice = rows[6];
  change_ledger(url, "ALTER TABLE trigger_history DROP CONSTRAINT trigger_history_once");
  ASSERT_EQ(change_ledger(url, "DELETE FROM trigger_history WHERE trigger_id = " + std::to_string(gone.trigger)), 1);
  ASSERT_EQ(change_ledger(url, "INSERT INTO trigger_history SELECT * FROM trigger_history WHERE trigger_id = " +
                                   std::to_string(twice.trigger)),
            1);

  admin_at other{free_port()};
  auto on_the_copy = start_admin(other, copy);
  other.wait_until_it_answers();
  auto end = other.ctl(audit());
  EXPECT_EQ(end.code, 1) << end.output;
  EXPECT_EQ(end.errors, "xxlctl: the audit found 2 errors\n");
  EXPECT_THAT(last_line(end.output),
              AllOf(StartsWith("2 errors (1 missing_fire, 1 doubled_fire): "), HasSubstr(" + 1 missing; ")));
  auto found = nlohmann::json::parse(
      other.ctl({"audit", "--from", "2020-01-01T00:00:00Z", "--to", "2100-01-01T00:00:00Z", "-o", "json"}).output);
  auto& errors = found.at("errors");
  ASSERT_EQ(errors.size(), 2u);
  for (auto& error : errors) EXPECT_EQ(error.at("job"), "recording/rate");
  EXPECT_EQ(errors.at(0).at("kind"), "missing_fire");
  EXPECT_EQ(errors.at(0).at("first"), first_fires_of("recording/rate").at(3));
  EXPECT_EQ(errors.at(1).at("kind"), "doubled_fire");
  EXPECT_EQ(errors.at(1).at("trigger"), twice.trigger);

  // The same with the handlers' record: what ran but has no row any more, and what a handler never did.
  auto starts = record;
  std::ofstream{starts, std::ios::app} << "recording/rate 2026-01-01T00:00:00.000Z - -1 1 7\n";
  auto against = other.ctl(audit({"--handlers", starts}));
  EXPECT_EQ(against.code, 1);
  EXPECT_THAT(last_line(against.output),
              StartsWith("4 errors (1 missing_fire, 1 doubled_fire, 2 handler_without_row): "));
}

} // namespace
} // namespace xxl::e2e
