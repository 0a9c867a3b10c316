#pragma once
// A connection to every admin, for ever: dialled, its gate greeted, and the same again, with backoff, when that fails
// or the connection is lost. A part of the executor_node actor: its requests are that actor's, their answers come
// there.

#include "actors/executor/backoff.hpp"
#include "actors/executor/interfaces.hpp"
#include "protocol/endpoint.hpp"
#include "transport/transport.hpp"

#include <caf/actor_addr.hpp>
#include <caf/error.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace xxl::executor {

/// One admin and the newest connection to it.
struct connection {
  connection(std::string name, std::optional<endpoint> at, std::uint32_t seed)
      : text{std::move(name)}, where{std::move(at)}, wait{seed} {}

  std::string text;              ///< the admin, for people
  std::optional<endpoint> where; ///< none: the gate in this process
  backoff wait;
  std::uint64_t number = 0; ///< the newest; its answers count, older ones do not
  executor_actor relay;
  caf::actor_addr peer; ///< the link that the gate gave
  std::string problem;  ///< the last one told to people: said once, not with every attempt

  // The node's, while it is registered there.
  executor_link_actor link; ///< the peer
  executor_welcome terms;
  epoch_id adopted;          ///< on this connection
  std::set<session_id> told; ///< earlier lives that were reported under that epoch
  std::uint32_t used = 0;    ///< orders to be granted again
  std::uint64_t beats = 0;

  bool live() const { return static_cast<bool>(link); }
};

struct connections_config {
  std::string executor; ///< name of this one, for the gate
  std::vector<endpoint> admins;
  std::optional<gate_actor> local_gate; ///< one more admin, in this process
  transport::dialer_actor dialer;       ///< null if there are no admins to dial
  std::chrono::milliseconds patience{0};
  std::uint32_t jitter_seed = 1;
};

class connections {
public:
  struct events {
    /// The gate gave that link: register there.
    std::function<void(connection&, const executor_link_actor&)> reached;
    /// The connection of that number is over: nothing comes over it any more.
    std::function<void(std::uint64_t)> closed;
  };
  connections(executor_node_actor::pointer self, connections_config cfg, events tell);

  /// Dials everybody for the first time. Admins ask `logs` for runs' logs.
  void dial_all(log_store_actor logs);
  void dial(const dial_tick& tick);
  /// It cannot be used: closes it and dials again later. An older connection than the newest changes nothing.
  void fail(std::uint64_t number, const caf::error& why);
  /// An actor that this one monitors is gone.
  void lost(const caf::actor_addr& who);
  /// Closes all; nobody is dialled until dial_again().
  void hang_up();
  /// After hang_up(): with backoff, should an admin end every session that it sees.
  void dial_again();
  /// The node has said goodbye: nobody is dialled any more, and links that end are no news.
  void say_nothing_more() { over_ = true; }
  bool over() const { return over_; }
  /// Ends the relays; nothing is dialled or told any more.
  void stop();

  /// Null if it is not the newest to its admin.
  connection* find(std::uint64_t number);
  /// The one to the admin that leads with that epoch; null if there is none.
  connection* leader(epoch_id highest);
  /// The leader's, else any that is live; null if there is none.
  connection* any(epoch_id highest);

  auto begin() { return all_.begin(); }
  auto end() { return all_.end(); }

private:
  void greet(std::size_t index, const gate_actor& gate);
  void enlist(std::size_t index, std::uint32_t protocol, const caf::strong_actor_ptr& link);
  void close(connection& c);
  void dial_later(connection& c);

  executor_node_actor::pointer self_;
  connections_config cfg_;
  events tell_;
  log_store_actor logs_;
  std::vector<connection> all_;
  std::uint64_t numbers_ = 0;
  bool over_ = false;
};

} // namespace xxl::executor
