#include "actors/admin/executor_registry.hpp"

#include "protocol/errors.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace xxl::admin {
namespace {

using namespace std::chrono_literals;

struct executor_registry_state {
  static constexpr const char* name = "executor_registry";
  explicit executor_registry_state(executor_registry_config c = {}) : cfg{std::move(c)} {}
  executor_registry_config cfg;
  std::map<std::string, group_view> groups;
  std::map<session_id, link_actor> links;
  std::optional<reign_begins> reign;
  std::set<session_id> beats; ///< since the last renewal
  /// Links that a newer connection of their session has replaced, until they are gone.
  std::map<caf::actor_addr, session_id> replaced;

  bool replacing(session_id session) const {
    return std::any_of(replaced.begin(), replaced.end(), [&](auto& r) { return r.second == session; });
  }
};
using self_ptr = registry_actor::stateful_pointer<executor_registry_state>;

caf::error refusal(const group_view& g, const executor_hello& hello) {
  auto& allowed = g.spec.addresses;
  if (g.spec.mode == address_mode::fixed && std::find(allowed.begin(), allowed.end(), hello.name) == allowed.end())
    return make_error(errc::invalid_argument,
                      "executor " + hello.name + " is not among the fixed addresses of group " + hello.group);
  return {};
}

/// Not before the session's older link is gone and has handed back what it never sent: the newer one would find those
/// rows open and send them, and then they went back under it.
void tell_reign(self_ptr self, session_id session) {
  auto& s = self->state;
  if (s.reign && !s.replacing(session)) self->send(s.links.at(session), *s.reign);
}

void replace(self_ptr self, session_id session, const link_actor& newer) {
  auto& s = self->state;
  auto& link = s.links[session];
  if (link && link != newer) {
    s.replaced.emplace(link.address(), session);
    self->send_exit(link, caf::exit_reason::user_shutdown);
  }
  link = newer;
}

void link_down(self_ptr self, const caf::actor_addr& who) {
  auto& s = self->state;
  std::erase_if(s.links, [&](auto& l) { return l.second.address() == who; });
  s.cfg.stats->at("registry.connected") = static_cast<std::int64_t>(s.links.size());
  auto it = s.replaced.find(who);
  if (it == s.replaced.end()) return;
  auto session = it->second;
  s.replaced.erase(it);
  if (s.links.count(session)) tell_reign(self, session);
}

void accept(self_ptr self, const group_view& g, link_hello hello, caf::typed_response_promise<link_accepted> promise) {
  auto& s = self->state;
  if (auto no = refusal(g, hello.hello)) {
    promise.deliver(std::move(no));
    return;
  }
  spdlog::info("executor {}/{} connected: session {}, {}, version {}", hello.hello.group, hello.hello.name,
               hello.hello.session.value, hello.hello.address, hello.hello.version);
  self->monitor(hello.link);
  replace(self, hello.hello.session, hello.link);
  s.cfg.stats->at("registry.connected") = static_cast<std::int64_t>(s.links.size());
  promise.deliver(link_accepted{g.id});
  tell_reign(self, hello.hello.session);
}

/// Reads the groups anew, then does `then`: a group may have been created on another admin.
template <class F> void read_groups(self_ptr self, F then) {
  self->request(self->state.cfg.catalog, 8s, groups_atom_v)
      .then(
          [self, then](const std::vector<group_view>& groups) mutable {
            auto& s = self->state;
            s.groups.clear();
            for (auto& g : groups) s.groups[g.spec.name] = g;
            then(caf::error{});
          },
          [then](caf::error& e) mutable { then(std::move(e)); });
}

caf::result<link_accepted> hello(self_ptr self, link_hello& x) {
  auto promise = self->make_response_promise<link_accepted>();
  auto decide = [self, promise, x](const caf::error& e) mutable {
    auto& groups = self->state.groups;
    if (auto g = groups.find(x.hello.group); g != groups.end())
      accept(self, g->second, std::move(x), promise);
    else if (e)
      promise.deliver(make_error(errc::unavailable, "the groups cannot be read: " + text_of(e)));
    else
      promise.deliver(
          make_error(errc::not_found, "group " + x.hello.group + " does not exist: apply a file that defines it"));
  };
  if (self->state.groups.count(x.hello.group))
    decide(caf::error{});
  else
    read_groups(self, decide);
  return promise;
}

void renew(self_ptr self) {
  auto& s = self->state;
  if (s.reign && !s.beats.empty())
    self->send(s.reign->ledger, renew_request{s.reign->epoch, std::vector<session_id>(s.beats.begin(), s.beats.end())});
  s.beats.clear();
  self->delayed_send(self, s.cfg.renew, caf::tick_atom_v);
}

caf::result<log_chunk> read_log(self_ptr self, session_id session, log_query q) {
  auto& s = self->state;
  auto it = s.links.find(session);
  if (it == s.links.end())
    return make_error(errc::unavailable, "the executor of trigger " + to_string(q.trigger) + " (session " +
                                             to_string(session) +
                                             ") is not connected to this admin; its log is on that machine");
  auto promise = self->make_response_promise<log_chunk>();
  self->request(it->second, 5s, link_log_query{q})
      .then([promise](log_chunk& chunk) mutable { promise.deliver(std::move(chunk)); },
            [promise](const caf::error& e) mutable {
              promise.deliver(make_error(errc::deadline_exceeded, "the executor did not answer: " + text_of(e)));
            });
  return promise;
}

registry_actor::behavior_type executor_registry(self_ptr self, executor_registry_config cfg) {
  self->state = executor_registry_state{std::move(cfg)};
  self->set_down_handler([self](const caf::down_msg& dm) { link_down(self, dm.source); });
  self->set_exit_handler([self](caf::exit_msg& em) {
    auto& s = self->state;
    for (auto& [session, link] : s.links) self->send_exit(link, em.reason);
    s.links.clear();
    s.reign.reset();
    s.cfg.catalog = nullptr;
    self->quit(std::move(em.reason));
  });
  self->delayed_send(self, self->state.cfg.renew, caf::tick_atom_v);
  return {
      [self](executors_atom) {
        std::vector<session_id> all;
        for (auto& [session, link] : self->state.links) all.push_back(session);
        return all;
      },
      [self](log_atom, session_id session, const log_query& q) { return read_log(self, session, q); },
      [self](link_hello& x) { return hello(self, x); },
      [self](link_beat x) { self->state.beats.insert(x.session); },
      [self](reign_begins& r) {
        auto& s = self->state;
        s.reign = std::move(r);
        for (auto& [session, link] : s.links) tell_reign(self, session);
      },
      [self](groups_changed) { read_groups(self, [](const caf::error&) {}); },
      [self](session_over x) {
        auto& s = self->state;
        if (auto it = s.links.find(x.session); it != s.links.end()) self->send(it->second, x);
      },
      [self](lead_atom, epoch_id over) {
        auto& s = self->state;
        if (s.reign && s.reign->epoch == over) s.reign.reset();
      },
      [self](caf::tick_atom) { renew(self); },
  };
}

} // namespace

registry_actor spawn_executor_registry(caf::actor_system& sys, executor_registry_config cfg) {
  return sys.spawn(executor_registry, std::move(cfg));
}

} // namespace xxl::admin
