#include "tests/e2e/harness/fleet.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <stdexcept>

namespace xxl::e2e {
namespace {

constexpr auto group = "recording";
constexpr int succeeded = 4;

void require(bool held, const std::string& what) {
  if (!held) throw std::runtime_error{what};
}

test::postgres_server::options server_options(bool fsync) {
  test::postgres_server::options o;
  o.tcp = true;
  o.fsync = fsync;
  return o;
}

} // namespace

fleet::fleet(shape s)
    : shape_{s},
      database_{server_options(s.fsync)},
      url_{database_.tcp_url(database_.fresh_database())},
      record_{(place_ / "record").string()},
      admins_{[this] {
        std::vector<admin_process> all;
        for (int i = 0; i < shape_.admins; ++i) {
          auto port = free_port();
          all.emplace_back(port, start_admin(port));
        }
        return all;
      }()},
      recorder_{start_recorder()} {
  for (auto& admin : admins_) admin.wait_until_it_answers();
  leader_of(admins_.front(), admins_.back()).ask({"apply", place_.write("jobs.yaml", job_file()).string()});
  for (auto& admin : admins_) admin.wait_for_executors(1);
  wait_for_runs(static_cast<std::size_t>(shape_.jobs) * 3);
}

process fleet::start_admin(std::uint16_t port) const {
  auto name = std::to_string(port);
  return start_node(place_, {"--role=admin", "--listen=127.0.0.1:" + name, "--database=" + url_,
                             "--data=" + (place_ / ("admin-" + name)).string(), "--node=admin-" + name});
}

process fleet::start_recorder() const {
  command c{{program("e2e_recorder"), group, "recorder-1", (place_ / "recorder").string()}, {}, place_ / ""};
  for (auto& admin : admins_) c.words.push_back(admin.endpoint());
  return process{std::move(c)};
}

std::string fleet::job_file(bool enabled) const {
  auto text = std::string{"version: 1\ngroups:\n  - name: "} + group + "\n    title: Records its runs\njobs:\n";
  for (int i = 0; i < shape_.jobs; ++i)
    text += "  - name: job-" + std::to_string(i) + "\n    group: " + group +
            "\n    schedule: {every: " + std::to_string(shape_.every.count()) +
            "ms}\n    handler: record\n    params: \"" + record_ + "\"\n    enabled: " + (enabled ? "true" : "false") +
            "\n";
  return text;
}

std::size_t fleet::leader() const {
  auto& found = leader_of(admins_.front(), admins_.back());
  return &found == &admins_.front() ? 0 : admins_.size() - 1;
}

void fleet::restart_admin(std::size_t index) {
  auto& admin = admins_.at(index);
  admin.program = start_admin(admin.port());
  admin.wait_until_it_answers();
}

void fleet::restart_recorder() { recorder_ = start_recorder(); }

void fleet::wait_for_runs(std::size_t more) const {
  auto wanted = read_record(record_).size() + more;
  require(eventually([&] { return read_record(record_).size() >= wanted; }, patience),
          "only " + std::to_string(read_record(record_).size()) + " of " + std::to_string(wanted) +
              " runs were recorded in time");
}

std::vector<recorded_run> fleet::wait_until_idle() const {
  constexpr int looks = 10; // in a row, 20 ms apart: the executor has written its results down by then
  std::vector<recorded_run> ended;
  int idle = 0;
  auto all_ended = [&] {
    auto before = ended.size();
    ended = read_record(record_ + ".ended");
    idle = ended.size() == before && ended.size() == read_record(record_).size() ? idle + 1 : 0;
    return idle == looks;
  };
  require(eventually(all_ended, patience), "runs went on beginning");
  return ended;
}

ledger fleet::come_to_rest(const admin_at& admin) const {
  // Not a pause: it would hold back what an executor gave back and another one is to run.
  admin.ask({"apply", place_.write("disabled.yaml", job_file(false)).string()});
  ledger all;
  auto rested = [&] {
    all = read_ledger(url_);
    return all.open() == 0;
  };
  auto at_rest = eventually(rested, patience);
  require(at_rest, std::to_string(all.open()) + " triggers are still open");
  return all;
}

void fleet::expect_succeeded(const std::vector<recorded_run>& runs, const ledger& at_rest) {
  std::map<run_key, int> states;
  for (auto& row : at_rest.rows) states[row.key] = row.state;
  for (auto& run : runs) EXPECT_EQ(states[run.key], succeeded) << to_string(run.key);
}

void fleet::expect_nothing_doubled() const {
  for (auto& [fire, count] : first_starts(read_record(record_)))
    EXPECT_EQ(count, 1) << fire.first << " at " << fire.second << " started " << count << " times";
}

void fleet::expect_nothing_lost(const ledger& at_rest) const {
  std::map<std::string, std::set<std::int64_t>> fires; // by job: first attempts of the schedule
  for (auto& row : at_rest.rows)
    if (row.key.attempt == 1 && row.key.origin.empty()) {
      EXPECT_TRUE(fires[row.key.job].insert(row.key.fire_ms).second) << to_string(row.key) << " is in the ledger twice";
    }
  EXPECT_EQ(fires.size(), static_cast<std::size_t>(shape_.jobs));
  for (auto& [job, instants] : fires) {
    auto span = *instants.rbegin() - *instants.begin();
    auto accounted = static_cast<std::int64_t>(instants.size());
    for (auto& gap : at_rest.gaps)
      if (gap.job == job && gap.from_ms > *instants.begin() && gap.to_ms < *instants.rbegin()) accounted += gap.fires;
    EXPECT_EQ(accounted, span / shape_.every.count() + 1)
        << job << ": due fires are neither in the ledger nor in a gap row";
  }
  auto started = first_starts(read_record(record_));
  for (auto& row : at_rest.rows)
    if (row.state == succeeded) {
      EXPECT_EQ((started[{row.key.job, row.key.fire_ms}]), 1) << to_string(row.key) << " succeeded, says the ledger";
    }
}

void fleet::expect_lost_had_started(const ledger& at_rest) const {
  std::set<run_key> started;
  for (auto& run : read_record(record_)) started.insert(run.key);
  constexpr int lost = 9;
  for (auto& row : at_rest.rows) {
    if (row.state != lost) continue;
    EXPECT_TRUE(started.contains(row.key)) << to_string(row.key) << " is lost and never started";
  }
}

} // namespace xxl::e2e
