#include "tests/faults/operators.hpp"

#include "protocol/clock.hpp"
#include "tests/e2e/harness/ledger.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace xxl::faults {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

/// Between two acts.
constexpr milliseconds least_rest = 50ms, most_rest = 600ms;
/// Before what was not confirmed is asked for again.
constexpr milliseconds second_try = 100ms;
/// Nobody waits longer for xxlctl.
constexpr milliseconds longest_answer = 5s;

std::int64_t now_ms() { return to_ms(system_clock().now()); }

/// Refusals that no fault explains: the command line, the files or the names are wrong.
bool is_our_mistake(int code) { return code == 2 || code == 3 || code == 5; }

std::string joined(const e2e::words& words) {
  std::string text;
  for (auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

} // namespace

operators::operators(std::vector<std::string> admins, std::string ledger, e2e::workspace& place,
                     std::filesystem::path record, std::vector<harness_job> edited, std::vector<harness_job> untouched,
                     std::uint64_t seed)
    : admins_{std::move(admins)},
      ledger_{std::move(ledger)},
      place_{place},
      record_{std::move(record)},
      edited_{std::move(edited)},
      untouched_{std::move(untouched)},
      random_{seed} {}

operators::~operators() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard guard{mutex_};
    done_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void operators::open() {
  apply(edited_);
  apply(untouched_);
}

void operators::begin() {
  thread_ = std::thread{[this] {
    try {
      work();
    } catch (...) {
      failure_ = std::current_exception();
    }
  }};
}

void operators::close() {
  {
    std::lock_guard guard{mutex_};
    done_ = true;
  }
  wake_.notify_all();
  thread_.join();
  if (failure_) std::rethrow_exception(failure_);
  while (!paused_.empty()) {
    auto job = *paused_.begin();
    act("resume", {job}, {"resume", job});
    paused_.erase(job);
  }
  for (auto* jobs : {&edited_, &untouched_}) {
    for (auto& job : *jobs) job.enabled = false;
    apply(*jobs);
  }
}

void operators::work() {
  constexpr std::array acts{&operators::reschedule,      &operators::rename_owner,  &operators::pause_or_resume,
                            &operators::pause_or_resume, &operators::start_by_hand, &operators::kill_one};
  std::uniform_int_distribution<std::int64_t> rest{least_rest.count(), most_rest.count()};
  while (pause_for(milliseconds{rest(random_)})) (this->*acts[random_() % acts.size()])();
}

/// False once they shall stop.
bool operators::pause_for(milliseconds time) {
  std::unique_lock lock{mutex_};
  return !wake_.wait_for(lock, time, [this] { return done_; });
}

// ---- xxlctl

/// Asks until it is confirmed; the answer. Who hears nothing for a while breaks off and asks again.
std::string operators::insist(const e2e::words& verb) {
  std::shuffle(admins_.begin(), admins_.end(), random_);
  auto until = std::chrono::steady_clock::now() + 2 * e2e::patience;
  for (;;) {
    auto ctl = e2e::start_ctl(admins_, verb);
    bool broken_off = !e2e::eventually([&] { return !ctl.running(); }, longest_answer);
    if (broken_off) ctl.kill9();
    auto code = ctl.wait_exit().code;
    if (code == 0) return ctl.output();
    if (is_our_mistake(code) || std::chrono::steady_clock::now() >= until)
      throw std::runtime_error{"xxlctl " + joined(verb) + (broken_off ? " did not end:\n" : " failed:\n") +
                               ctl.output() + ctl.errors()};
    std::rotate(admins_.begin(), admins_.begin() + 1, admins_.end());
    e2e::eventually([] { return false; }, second_try);
  }
}

void operators::act(const std::string& what, const std::vector<std::string>& jobs, const e2e::words& verb) {
  auto asked = now_ms();
  insist(verb);
  auto answered = now_ms();
  for (auto& job : jobs) acts_.push_back({what, job, asked, answered});
}

void operators::apply(const std::vector<harness_job>& jobs) {
  std::vector<std::string> names;
  for (auto& job : jobs) names.push_back(job.full_name());
  act("apply", names, {"apply", place_.write("applied.yaml", job_file(jobs, record_)).string()});
}

// ---- what they do

harness_job& operators::any_edited() { return edited_[random_() % edited_.size()]; }

void operators::reschedule() {
  auto& job = any_edited();
  job.phase_ms = static_cast<std::int64_t>(random_() % 1'000);
  apply({job});
}

void operators::rename_owner() {
  auto& job = any_edited();
  job.owner = "team-" + std::to_string(random_() % 1'000);
  apply({job});
}

void operators::pause_or_resume() {
  auto job = any_edited().full_name();
  if (paused_.erase(job) > 0) return act("resume", {job}, {"resume", job});
  act("pause", {job}, {"pause", job});
  paused_.insert(job);
}

void operators::start_by_hand() {
  auto& job = untouched_[random_() % untouched_.size()];
  auto request = "request-" + std::to_string(++requests_);
  auto answer = insist({"trigger", job.full_name(), "--request-id", request, "-o", "json"});
  triggered_.insert(nlohmann::json::parse(answer).at("trigger").get<std::int64_t>());
}

void operators::kill_one() {
  std::vector<std::int64_t> open;
  try {
    open = e2e::open_triggers(ledger_);
  } catch (const std::runtime_error&) {
    return; // PostgreSQL is down
  }
  if (open.empty()) return;
  auto id = open[random_() % open.size()];
  to_be_killed_.insert(id);
  auto answer = nlohmann::json::parse(insist({"kill", "trigger", std::to_string(id), "-o", "json"}));
  if (answer.at("final").is_null()) killed_.insert(id);
}

} // namespace xxl::faults
