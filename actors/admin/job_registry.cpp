#include "actors/admin/job_registry.hpp"

#include "actors/admin/job.hpp"
#include "protocol/errors.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace xxl::admin {
namespace {

using registry_actor_type = job_registry_actor::extend<
    /// INTERNAL: a job offers to leave.
    caf::reacts_to<job_idle>>;

using job_key = std::pair<std::string, std::string>; ///< group, name

struct registry_state {
  static constexpr const char* name = "job_registry";
  explicit registry_state(job_registry_config c = {}) : cfg{std::move(c)} {}

  struct awake_job {
    job_actor actor;
    std::uint64_t forwarded = 0; ///< requests it was sent
  };

  job_registry_config cfg;
  std::map<job_key, awake_job> awake;
  std::size_t unsettled = 0;                 ///< awake jobs that an apply waits for
  std::function<void()> apply;               ///< the apply that waits
  std::deque<std::function<void()>> waiting; ///< what came after it

  void show() {
    if (!cfg.metrics) return;
    cfg.metrics->at("job_registry.awake").store(static_cast<std::int64_t>(awake.size()), std::memory_order_relaxed);
    cfg.metrics->at("job_registry.waiting").store(static_cast<std::int64_t>(waiting.size()), std::memory_order_relaxed);
  }
};

using self_ptr = registry_actor_type::stateful_pointer<registry_state>;

caf::error at_limit(const std::string& what) { return make_error(errc::limit_reached, what + "; repeat later"); }

/// The job's actor, woken where it sleeps; null at the limit.
registry_state::awake_job* wake(self_ptr self, const job_ref& ref) {
  auto& st = self->state;
  job_key key{ref.group, ref.name};
  if (auto it = st.awake.find(key); it != st.awake.end()) return &it->second;
  if (st.awake.size() >= st.cfg.awake_limit) return nullptr;
  job_config cfg;
  cfg.job = ref;
  cfg.catalog = st.cfg.catalog;
  cfg.registry = caf::actor_cast<idle_listener_actor>(self);
  cfg.patience = st.cfg.patience;
  cfg.idle = st.cfg.idle;
  auto& entry = st.awake[std::move(key)];
  entry.actor = spawn_job(self->system(), std::move(cfg));
  st.show();
  return &entry;
}

/// Now, or behind the apply that is under way.
template <class R>
caf::result<R> in_turn(self_ptr self, caf::typed_response_promise<R> promise, std::function<void()> step) {
  auto& st = self->state;
  if (!st.apply) {
    step();
  } else if (st.waiting.size() >= st.cfg.waiting_limit) {
    promise.deliver(at_limit(std::to_string(st.waiting.size()) + " requests wait for an apply to finish"));
  } else {
    st.waiting.push_back(std::move(step));
    st.show();
  }
  return promise;
}

template <class R, class... Ts> caf::result<R> to_job(self_ptr self, job_ref ref, Ts... request) {
  auto promise = self->make_response_promise<R>();
  return in_turn(self, promise, [=]() mutable {
    if (auto* job = wake(self, ref)) {
      ++job->forwarded;
      promise.delegate(job->actor, request...);
    } else {
      promise.deliver(at_limit(std::to_string(self->state.awake.size()) + " jobs are being edited or asked about"));
    }
  });
}

/// The last awake job that the apply names has its answers: the apply goes out, then what waited behind it.
void settled(self_ptr self) {
  auto& st = self->state;
  if (--st.unsettled > 0) return;
  std::exchange(st.apply, nullptr)();
  while (!st.apply && !st.waiting.empty()) {
    auto step = std::move(st.waiting.front());
    st.waiting.pop_front();
    step();
  }
  st.show();
}

void start_apply(self_ptr self, caf::typed_response_promise<std::vector<apply_change>> promise,
                 std::shared_ptr<apply_request> request) {
  auto& st = self->state;
  std::vector<job_actor> named;
  for (auto& job : request->jobs)
    if (auto it = st.awake.find({job.group, job.name}); it != st.awake.end()) named.push_back(it->second.actor);
  auto go = [self, promise, request]() mutable {
    promise.delegate(self->state.cfg.catalog, apply_atom_v, std::move(*request));
  };
  if (named.empty()) return go();
  st.apply = std::move(go);
  st.unsettled = named.size();
  for (auto& job :
       named) // a job answers when the catalog has, which has `patience` for each request and as long for the queue
    self->request(job, 2 * st.cfg.patience, settle_request{})
        .then([self](const job_settled&) { settled(self); }, [self](caf::error&) { settled(self); });
}

registry_actor_type::behavior_type registry(self_ptr self, job_registry_config cfg) {
  self->state = registry_state{std::move(cfg)};
  self->set_exit_handler([self](caf::exit_msg& em) {
    auto& st = self->state;
    for (auto& [key, job] : st.awake) self->send_exit(job.actor, caf::exit_reason::user_shutdown);
    st.awake.clear();
    st.cfg.catalog = nullptr;
    self->quit(std::move(em.reason));
  });
  return {
      [self](apply_atom, apply_request& r) {
        auto promise = self->make_response_promise<std::vector<apply_change>>();
        auto request = std::make_shared<apply_request>(std::move(r));
        return in_turn(self, promise, [=] { start_apply(self, promise, request); });
      },
      [self](describe_atom, job_ref& ref) { return to_job<job_detail>(self, ref, describe_atom_v, ref); },
      [self](trigger_atom, trigger_request& r) { return to_job<trigger_receipt>(self, r.job, trigger_atom_v, r); },
      [self](pause_atom, pause_request& r) { return to_job<pause_answer>(self, r.job, pause_atom_v, r); },
      [self](next_atom, job_ref& ref, std::uint32_t most) {
        return to_job<std::vector<instant>>(self, ref, next_atom_v, ref, most);
      },
      [self](job_idle& idle) {
        auto& st = self->state;
        auto it = st.awake.find({idle.job.group, idle.job.name});
        if (it == st.awake.end() || it->second.forwarded != idle.handled) return; // it has more to do by now
        self->send_exit(it->second.actor, caf::exit_reason::user_shutdown);
        st.awake.erase(it);
        st.show();
      },
  };
}

} // namespace

job_registry_actor spawn_job_registry(caf::actor_system& sys, job_registry_config cfg) {
  return sys.spawn(registry, std::move(cfg));
}

} // namespace xxl::admin
