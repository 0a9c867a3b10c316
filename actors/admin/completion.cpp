#include "actors/admin/completion.hpp"

#include "protocol/errors.hpp"
#include "protocol/guards.hpp"
#include "protocol/limits.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <deque>
#include <map>
#include <utility>

namespace xxl::admin {
namespace {

using namespace std::chrono_literals;

/// One callback batch of one link: acknowledged when all of it is committed.
struct callback {
  callback_batch batch;
  link_actor link;
};

struct completion_state {
  static constexpr const char* name = "completion";
  explicit completion_state(completion_config c = {}) : cfg{std::move(c)} {}
  completion_config cfg;
  std::deque<callback> collected;
  std::size_t outcomes = 0; ///< in `collected`
  bool timer = false;
  std::uint64_t next_number = 1;
  std::map<std::uint64_t, std::vector<std::pair<link_actor, std::uint64_t>>> in_flight; ///< whom to acknowledge
  std::map<std::uint64_t, std::vector<callback_batch>> unread; ///< of those in flight: their specifications are awaited
};
using self_ptr = completion_actor::stateful_pointer<completion_state>;

constexpr std::size_t most_in_flight = 2;
constexpr auto read_again = 200ms;

/// Specifications of those outcomes that something may follow.
class followers {
public:
  followers() = default;
  explicit followers(const std::vector<armed_job_ptr>& jobs) {
    for (auto& job : jobs) jobs_[{job->id, job->version}] = job;
  }
  /// Null if nothing follows, or the specification cannot be compiled any more.
  const armed_job* of(const outcome& o) const {
    if (!o.follows) return nullptr;
    auto it = jobs_.find({o.job, o.version});
    return it == jobs_.end() ? nullptr : it->second.get();
  }

private:
  std::map<std::pair<job_id, spec_version>, armed_job_ptr> jobs_;
};

storage::completion completion_of(const callback_batch& batch, outcome& o, const armed_job* job, instant now) {
  storage::completion c;
  c.trigger = o.trigger;
  c.session = batch.session;
  c.state = o.state;
  c.started = o.started;
  c.ended = o.ended;
  c.reason = o.reason;
  c.message = std::move(o.message);
  // From this admin's clock, never from the executor's end: fixed delays must not depend on clocks of other hosts.
  // None where the schedule has ended: the reconciler closes the fire row.
  if (job) c.next = job->times.after_end(now);
  return c;
}

void to_ledger(self_ptr self, std::uint64_t number, std::vector<callback_batch> batches, const followers& follow) {
  auto& s = self->state;
  complete_work work;
  work.number = number;
  auto now = s.cfg.time->now();
  for (auto& batch : batches) {
    for (auto& o : batch.outcomes) {
      auto* job = follow.of(o);
      if (job && job->spec.retry.again(o.state, o.attempt)) work.retries.push_back(work.rows.size());
      work.fires.push_back(o.fire);
      work.rows.push_back(completion_of(batch, o, job, now));
    }
  }
  s.cfg.stats->at("completion.batches") += 1;
  self->send(s.cfg.ledger, std::move(work));
}

/// Reads the specifications of those outcomes that something follows, then completes. Without them a retry would be
/// lost: it waits for the database, which the ledger waits for too.
void complete(self_ptr self, std::uint64_t number, std::vector<callback_batch> batches) {
  auto& s = self->state;
  specs_request wanted;
  for (auto& batch : batches)
    for (auto& o : batch.outcomes)
      if (o.follows) wanted.keys.push_back({o.job, o.version});
  if (wanted.keys.empty()) return to_ledger(self, number, std::move(batches), {});
  auto kept = std::make_shared<std::vector<callback_batch>>(std::move(batches));
  self->request(s.cfg.specs, 8s, std::move(wanted))
      .then([self, number, kept](
                const std::vector<armed_job_ptr>& jobs) { to_ledger(self, number, std::move(*kept), followers{jobs}); },
            [self, number, kept](const caf::error& e) {
              if (self->state.unread.empty())
                spdlog::warn("results wait, what follows them cannot be read: {}; trying again", text_of(e));
              self->state.unread.emplace(number, std::move(*kept));
              self->delayed_send(self, read_again, caf::tick_atom_v, number);
            });
}

void flush(self_ptr self) {
  auto& s = self->state;
  while (!s.collected.empty() && s.in_flight.size() < most_in_flight) {
    auto number = s.next_number++;
    auto& waiting = s.in_flight[number];
    std::vector<callback_batch> batches;
    std::size_t n = 0;
    while (!s.collected.empty() &&
           (batches.empty() || n + s.collected.front().batch.outcomes.size() <= limits::batch_items)) {
      auto& next = s.collected.front();
      n += next.batch.outcomes.size();
      waiting.emplace_back(std::move(next.link), next.batch.number);
      batches.push_back(std::move(next.batch));
      s.collected.pop_front();
    }
    s.outcomes -= n;
    complete(self, number, std::move(batches));
  }
  s.cfg.stats->at("completion.waiting") = static_cast<std::int64_t>(s.outcomes);
}

void collect(self_ptr self, link_callbacks&& x) {
  auto& s = self->state;
  if (!stands(guard::acknowledge_after_commit)) self->send(x.link, ack_atom_v, x.batch.number);
  s.outcomes += x.batch.outcomes.size();
  s.collected.push_back({std::move(x.batch), std::move(x.link)});
  if (s.outcomes >= limits::batch_items) return flush(self);
  if (s.timer) return;
  s.timer = true;
  self->delayed_send(self, s.cfg.collect, caf::tick_atom_v);
}

completion_actor::behavior_type completion(self_ptr self, completion_config cfg) {
  self->state = completion_state{std::move(cfg)};
  self->set_exit_handler([self](caf::exit_msg& em) {
    auto& s = self->state;
    s.collected.clear();
    s.in_flight.clear();
    s.cfg.ledger = nullptr;
    s.cfg.specs = nullptr;
    self->quit(std::move(em.reason));
  });
  return {
      [self](link_callbacks& x) { collect(self, std::move(x)); },
      [self](complete_done done) {
        auto& s = self->state;
        auto it = s.in_flight.find(done.number);
        if (it == s.in_flight.end()) return;
        for (auto& [link, number] : it->second) self->send(link, ack_atom_v, number);
        s.in_flight.erase(it);
        flush(self);
      },
      [self](caf::tick_atom) {
        self->state.timer = false;
        flush(self);
      },
      [self](caf::tick_atom, std::uint64_t number) {
        if (auto unread = self->state.unread.extract(number)) complete(self, number, std::move(unread.mapped()));
      },
  };
}

} // namespace

completion_actor spawn_completion(caf::actor_system& sys, completion_config cfg) {
  return sys.spawn(completion, std::move(cfg));
}

} // namespace xxl::admin
