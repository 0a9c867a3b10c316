// guarantees.md §2.5, §3 Ending a session: the ledger's ends are what the handlers did. `lost` is only what may have
// started and brought no result: never a run whose result was on a disk that lives, never one that a journal clears.

#include "tests/simulation/laws/law.hpp"

#include <map>
#include <set>
#include <utility>

namespace xxl::sim {
namespace {

/// After the end of a run its result is in the spool, unless the process was killed or frozen before.
constexpr auto spooled_after = 500ms;

class ends_are_true final : public law {
public:
  ends_are_true(judge& j, const world& w, span lease) : judge_{j}, world_{w}, lease_{lease} {}

  void started(process who, const executor::run& what) override {
    runs_[key_of(what)] = {who, what.session, {}, false, false};
  }
  void finished(process, const executor::run& what, bool succeeded) override {
    auto& r = runs_[key_of(what)];
    r.ended = world_.now();
    r.succeeded = succeeded;
  }
  void died(process who, bool disk_too) override {
    for (auto& [key, r] : runs_)
      if (r.who == who && r.ended && !disk_too && !full_.contains(who) && world_.now() - *r.ended > spooled_after)
        r.spooled = true;
    for (auto& [key, r] : runs_)
      if (r.who == who && disk_too) r.spooled = false;
  }
  void disk_fills(process who) override { full_.insert(who); }
  void updated(const session_row&, const session_row& after) override {
    if (after.ended) ended_.try_emplace(after.id, after.how, world_.now());
  }
  void inserted(const ended_trigger& x) override {
    auto run = runs_.find(x.key);
    auto ran = run != runs_.end();
    auto must_have_run = x.state == trigger_state::succeeded || x.state == trigger_state::timed_out ||
                         (x.state == trigger_state::failed && x.reason == state_reason::handler_error);
    if (must_have_run && !ran) untrue(x, "and never started");
    if (!must_have_run && ran && x.state != trigger_state::lost && x.state != trigger_state::killed)
      untrue(x, "and had started");
    if (x.state == trigger_state::succeeded && ran && !(run->second.ended && run->second.succeeded))
      untrue(x, "and its handler did not succeed");
    if (x.reason == state_reason::handler_error && ran && !(run->second.ended && !run->second.succeeded))
      untrue(x, "and its handler did not fail");
    if (x.state == trigger_state::lost) look_at_lost(x, ran ? &run->second : nullptr);
  }

private:
  struct started_run {
    process who;
    session_id session;
    std::optional<moment> ended;
    bool succeeded = false;
    bool spooled = false; ///< when its process died, on a disk that is still there
  };
  static trigger_key key_of(const executor::run& r) { return {r.task.job, r.task.fire, r.task.origin, r.task.attempt}; }

  void look_at_lost(const ended_trigger& x, const started_run* run) {
    auto session = ended_.find(x.session);
    if (session == ended_.end()) return untrue(x, "and its session lives");
    auto [how, when] = session->second;
    if (how == session_end::stopped) untrue(x, "after a goodbye");
    if (how != session_end::restarted || world_.now() - when >= lease_) return; // nobody came to tell
    if (run == nullptr)
      untrue(x, "though the journal says that it never started");
    else if (run->spooled)
      untrue(x, "though its result is in the spool");
  }
  void untrue(const ended_trigger& x, const std::string& why) {
    judge_.violated("ends are what happened", "trigger " + to_string(x.id) + " " + to_string(x.key) + " is " +
                                                  to_string(x.state) + " (" + to_string(x.reason) + ") " + why);
  }

  judge& judge_;
  const world& world_;
  span lease_;
  std::map<trigger_key, started_run> runs_;
  std::map<session_id, std::pair<session_end, moment>> ended_;
  std::set<process> full_; ///< could not write at some time: their results may never have come to the disk
};

} // namespace

std::unique_ptr<law> ends_are_what_happened(judge& j, const world& w, span lease) {
  return std::make_unique<ends_are_true>(j, w, lease);
}

} // namespace xxl::sim
