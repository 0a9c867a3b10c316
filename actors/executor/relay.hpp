#pragma once
// One connection's face towards its admin: the actor named in a hello. A new hello gets a new relay and the old one is
// stopped, so that messages count only on the connection of that admin's newest hello (guarantees.md §2.4), whoever at
// the admin sends them.

#include "actors/executor/interfaces.hpp"

#include <caf/actor_system.hpp>

namespace xxl::executor {

executor_actor spawn_relay(caf::actor_system& sys, std::uint64_t connection, executor_node_actor node,
                           log_store_actor logs);

} // namespace xxl::executor
