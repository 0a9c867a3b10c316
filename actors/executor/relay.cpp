#include "actors/executor/relay.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace xxl::executor {
namespace {

struct relay_state {
  static constexpr const char* name = "relay";
  relay_state() = default;
  std::uint64_t connection = 0;
  executor_node_actor node;
  log_store_actor logs;
};
using self_ptr = executor_actor::stateful_pointer<relay_state>;

executor_actor::behavior_type relay(self_ptr self, std::uint64_t connection, executor_node_actor node,
                                    log_store_actor logs) {
  self->state.connection = connection;
  self->state.node = std::move(node);
  self->state.logs = std::move(logs);
  return {
      [self](lead_atom, epoch_id epoch) {
        self->send(self->state.node, lead_told{self->state.connection, epoch});
      },
      [self](run_atom, order_batch& batch) {
        self->send(self->state.node, orders_came{self->state.connection, std::move(batch)});
      },
      [self](ack_atom, std::uint64_t number) {
        self->send(self->state.node, ack_came{self->state.connection, number});
      },
      [self](settled_atom, session_id life) {
        self->send(self->state.node, settled_came{self->state.connection, life});
      },
      [self](kill_atom, kill_batch& batch) {
        self->send(self->state.node, kill_came{self->state.connection, std::move(batch)});
      },
      [self](log_atom, const log_query& query) { return self->delegate(self->state.logs, log_atom_v, query); },
  };
}

} // namespace

executor_actor spawn_relay(caf::actor_system& sys, std::uint64_t connection, executor_node_actor node,
                           log_store_actor logs) {
  return sys.spawn(relay, connection, std::move(node), std::move(logs));
}

} // namespace xxl::executor
