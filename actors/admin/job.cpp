#include "actors/admin/job.hpp"

#include "actors/admin/catalog_error.hpp"
#include "protocol/errors.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <utility>
#include <vector>

namespace xxl::admin {
namespace {

struct job_state {
  static constexpr const char* name = "job";
  explicit job_state(job_config c = {}) : cfg{std::move(c)} {}

  job_config cfg;
  std::uint64_t handled = 0; ///< requests taken so far
  std::uint64_t seen = 0;    ///< `handled` at the last look for idleness
  std::size_t unanswered = 0;
  std::vector<caf::typed_response_promise<job_settled>> settling;
};

using self_ptr = job_actor::stateful_pointer<job_state>;

void answered(self_ptr self) {
  auto& st = self->state;
  if (--st.unanswered > 0) return;
  for (auto& promise : std::exchange(st.settling, {})) promise.deliver(job_settled{st.handled});
}

/// Asks the catalog. Order is kept: one sender, one receiver, which serves one request at a time.
template <class R, class... Ts> caf::result<R> hand_on(self_ptr self, Ts... request) {
  auto& st = self->state;
  ++st.handled;
  if (st.unanswered >= st.cfg.limit)
    return caf::error{make_error(errc::limit_reached, "job " + st.cfg.job.group + "/" + st.cfg.job.name + ": " +
                                                          std::to_string(st.unanswered) +
                                                          " requests are under way; repeat later")};
  ++st.unanswered;
  auto promise = self->make_response_promise<R>();
  self->request(st.cfg.catalog, st.cfg.patience, std::move(request)...)
      .then(
          [self, promise](R& answer) mutable {
            promise.deliver(std::move(answer));
            answered(self);
          },
          [self, promise](caf::error& e) mutable {
            promise.deliver(explain(e, "the database", self->state.cfg.patience));
            answered(self);
          });
  return promise;
}

void look_for_idleness(self_ptr self) {
  auto& st = self->state;
  if (st.unanswered == 0 && st.handled == st.seen) self->send(st.cfg.registry, job_idle{st.cfg.job, st.handled});
  st.seen = st.handled;
  self->delayed_send(self, st.cfg.idle, caf::tick_atom_v);
}

job_actor::behavior_type job(self_ptr self, job_config cfg) {
  self->state = job_state{std::move(cfg)};
  self->set_exit_handler([self](caf::exit_msg& em) {
    self->state.cfg.catalog = nullptr;
    self->state.cfg.registry = nullptr;
    self->quit(std::move(em.reason));
  });
  self->delayed_send(self, self->state.cfg.idle, caf::tick_atom_v);
  return {
      [self](describe_atom, job_ref& ref) { return hand_on<job_detail>(self, describe_atom_v, std::move(ref)); },
      [self](trigger_atom, trigger_request& r) { return hand_on<trigger_receipt>(self, trigger_atom_v, std::move(r)); },
      [self](pause_atom, pause_request& r) { return hand_on<pause_answer>(self, pause_atom_v, std::move(r)); },
      [self](next_atom, job_ref& ref, std::uint32_t most) {
        return hand_on<std::vector<instant>>(self, next_atom_v, std::move(ref), most);
      },
      [self](settle_request) -> caf::result<job_settled> {
        auto& st = self->state;
        if (st.unanswered == 0) return job_settled{st.handled};
        auto promise = self->make_response_promise<job_settled>();
        st.settling.push_back(promise);
        return promise;
      },
      [self](caf::tick_atom) { look_for_idleness(self); },
  };
}

} // namespace

job_actor spawn_job(caf::actor_system& sys, job_config cfg) { return sys.spawn(job, std::move(cfg)); }

} // namespace xxl::admin
