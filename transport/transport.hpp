#pragma once
// How nodes reach each other. One small interface; TLS and the frame guard come behind it later. Until then: loopback
// only.

#include "protocol/actors.hpp"
#include "protocol/endpoint.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/expected.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace xxl::transport {

struct settings {
  std::size_t threads = 2;                    ///< scheduler threads; at least 2
  std::chrono::milliseconds heartbeat{1'000}; ///< between nodes; 0: none
  std::chrono::milliseconds connection_timeout{
      5'000}; ///< silence after which a peer counts as lost; at least 5 × heartbeat
};

/// The one place that configures CAF: sharing scheduler, max-throughput, heartbeats, our message types, app identifier
/// "xxl-1".
class config : public caf::actor_system_config {
public:
  explicit config(const settings& s);
};

/// What is in force against what was asked for: CAF only prints a line and keeps its default when a value does not suit
/// it. Empty if all is as asked.
std::string effective_mismatch(const caf::actor_system& sys, const settings& s);

/// Publishes the gate on that endpoint (loopback only until TLS comes). Answers the port (asked 0: a free one). Error:
/// unavailable with a text that names the endpoint and the reason.
caf::expected<std::uint16_t> listen(caf::actor_system& sys, const gate_actor& gate, const endpoint& where);
void stop_listening(caf::actor_system& sys, const gate_actor& gate, std::uint16_t port);

/// Dials one endpoint: a non-blocking probe with a deadline first, so that one dead address blocks nobody, then CAF's
/// own connect. A peer that is lost later is seen by monitoring the handle. Errors: unavailable, deadline_exceeded,
/// protocol_mismatch (what answers is no gate of ours), limit_reached (64 dials are under way).
using dialer_actor = caf::typed_actor<caf::replies_to<caf::connect_atom, std::string, std::uint16_t>::with<gate_actor>>;
/// `deadline` bounds one dial. Each dial runs in a detached actor of its own.
dialer_actor spawn_dialer(caf::actor_system& sys,
                          std::chrono::milliseconds deadline = std::chrono::milliseconds{2'000});

} // namespace xxl::transport
