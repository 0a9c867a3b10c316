#include "protocol/errors.hpp"
#include "transport/probe.hpp"
#include "transport/transport.hpp"

#include <caf/actor_cast.hpp>
#include <caf/io/middleman.hpp>
#include <caf/response_promise.hpp>
#include <caf/sec.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <memory>
#include <set>

namespace xxl::transport {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t most_dials = 64; // threads at a time
constexpr milliseconds slice = 20ms;   // between two looks into the mailbox: an exit must not wait for the deadline

/// One dial. INTERNAL: tick_atom, the next slice of the probe.
using dial_actor = dialer_actor::extend<caf::reacts_to<caf::tick_atom>>;

struct dial_state {
  static constexpr const char* name = "dial";
  explicit dial_state(milliseconds d = 0ms) : deadline{d} {}

  milliseconds deadline;
  steady_clock::time_point until;
  endpoint where;
  std::unique_ptr<transport::probe> probe;
  caf::typed_response_promise<gate_actor> answer;

  milliseconds left() const { return std::chrono::ceil<milliseconds>(until - steady_clock::now()); }
};
using dial_ptr = dial_actor::stateful_pointer<dial_state>;

void finish(dial_ptr self, caf::expected<gate_actor> result) {
  if (result)
    self->state.answer.deliver(std::move(*result));
  else
    self->state.answer.deliver(std::move(result.error()));
  self->quit();
}

void fail(dial_ptr self, errc code, const std::string& why) {
  finish(self, make_error(code, "cannot reach " + to_string(self->state.where) + ": " + why));
}

void fail_late(dial_ptr self) {
  fail(self, errc::deadline_exceeded, "no answer within " + std::to_string(self->state.deadline.count()) + " ms");
}

void refuse(dial_ptr self, const caf::error& e) {
  if (e == caf::sec::request_timeout)
    fail_late(self);
  else if (e == caf::sec::connection_timeout) // CAF cuts a connection without a handshake at its next heartbeat
    fail(self, errc::deadline_exceeded, "it accepts the connection and says nothing");
  else if (e == caf::sec::incompatible_application_ids)
    fail(self, errc::protocol_mismatch, "it is another application, or an xxl of another protocol");
  else
    fail(self, errc::unavailable, text_of(e));
}

void connect(dial_ptr self) {
  auto& sys = self->system();
  // The numeric address: the middleman would resolve a name again, and block all dials while it does.
  self->request(sys.middleman().actor_handle(), std::max(self->state.left(), 1ms), caf::connect_atom_v,
                self->state.probe->address(), self->state.where.port)
      .then(
          [self](const caf::node_id&, caf::strong_actor_ptr& peer, const std::set<std::string>& interface) {
            if (!peer) return fail(self, errc::unavailable, "it listens, but publishes nothing");
            if (!self->system().assignable<gate_actor>(interface))
              return fail(self, errc::protocol_mismatch, "what is published there is not the gate of an admin");
            finish(self, caf::actor_cast<gate_actor>(std::move(peer)));
          },
          [self](const caf::error& e) { refuse(self, e); });
}

void step(dial_ptr self) {
  auto& state = self->state;
  auto left = state.left();
  if (left <= 0ms) return fail_late(self);
  switch (state.probe->wait(std::min(left, slice))) {
  case probe::state::pending: return self->send(self, caf::tick_atom_v);
  case probe::state::failed: return fail(self, errc::unavailable, state.probe->problem());
  case probe::state::reached: return connect(self);
  }
}

dial_actor::behavior_type dial(dial_ptr self, milliseconds deadline) {
  self->state.deadline = deadline;
  return {
      [self](caf::connect_atom, std::string& host, std::uint16_t port) {
        auto& state = self->state;
        state.answer = self->make_response_promise<gate_actor>();
        state.until = steady_clock::now() + state.deadline;
        state.where = {std::move(host), port};
        state.probe = std::make_unique<transport::probe>(state.where.host, port);
        auto answer = state.answer; // step() may end this actor
        step(self);
        return answer;
      },
      [self](caf::tick_atom) { step(self); },
  };
}

struct dialer_state {
  static constexpr const char* name = "dialer";
  explicit dialer_state(std::size_t n = 0) : under_way{n} {}
  std::size_t under_way;
};
using dialer_ptr = dialer_actor::stateful_pointer<dialer_state>;

dialer_actor::behavior_type dialer(dialer_ptr self, milliseconds deadline) {
  self->set_down_handler([self](const caf::down_msg&) { --self->state.under_way; });
  return {
      [self, deadline](caf::connect_atom, std::string& host, std::uint16_t port) -> caf::result<gate_actor> {
        if (self->state.under_way >= most_dials)
          return make_error(errc::limit_reached, std::to_string(most_dials) + " dials are under way: repeat later");
        auto worker = self->spawn<caf::detached + caf::linked + caf::monitored>(dial, deadline);
        ++self->state.under_way;
        return self->delegate(worker, caf::connect_atom_v, std::move(host), port);
      },
  };
}

} // namespace

dialer_actor spawn_dialer(caf::actor_system& sys, milliseconds deadline) { return sys.spawn(dialer, deadline); }

} // namespace xxl::transport
