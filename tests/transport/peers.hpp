#pragma once
// Two nodes in one process, and addresses that do not answer: real sockets on loopback, free ports, deadlines instead
// of sleeps.

#include "protocol/errors.hpp"
#include "transport/transport.hpp"

#include <caf/actor_cast.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <functional>
#include <string>

namespace xxl::transport::test {

using namespace std::chrono_literals;

/// How long a test waits for what must happen before it fails.
constexpr auto patience = 20s;

/// A gate that agrees on the newest protocol it is offered and answers with itself.
inline gate_actor spawn_gate(caf::actor_system& sys) {
  return sys.spawn([](gate_actor::pointer self) -> gate_actor::behavior_type {
    return {[self](hello_atom, std::uint32_t, std::uint32_t newest, const std::string&, const std::string&,
                   const caf::strong_actor_ptr&) -> caf::result<std::uint32_t, caf::strong_actor_ptr> {
      return {newest, caf::actor_cast<caf::strong_actor_ptr>(self)};
    }};
  });
}

/// One node. Everything spawned in it must be stopped before it goes.
struct node {
  explicit node(const settings& s = {}) : cfg{s}, sys{cfg} {}
  config cfg;
  caf::actor_system sys;
};

/// A node that listens on a free port.
struct admin : node {
  explicit admin(const settings& s = {}) : node{s}, gate{spawn_gate(sys)} {
    auto bound = listen(sys, gate, {"127.0.0.1", 0});
    if (bound) port = *bound;
  }
  ~admin() { stop(); }
  void stop() {
    if (port != 0) stop_listening(sys, gate, port);
    port = 0;
    caf::anon_send_exit(gate, caf::exit_reason::user_shutdown);
  }
  gate_actor gate;
  std::uint16_t port = 0;
};

/// Dials and waits for the answer.
inline caf::expected<gate_actor> dial(caf::scoped_actor& self, const dialer_actor& dialer, const std::string& host,
                                      std::uint16_t port) {
  caf::expected<gate_actor> out{caf::sec::runtime_error};
  self->request(dialer, patience, caf::connect_atom_v, host, port)
      .receive([&](gate_actor& gate) { out = std::move(gate); }, [&](caf::error& e) { out = std::move(e); });
  return out;
}

} // namespace xxl::transport::test
