#pragma once
// The one published actor (design.md §3): agrees on a protocol, then hands out the actor for the caller's kind. Its
// single message never changes.

#include "actors/admin/executor_link.hpp"
#include "protocol/actors.hpp"

#include <caf/actor_system.hpp>

namespace xxl::admin {

struct gate_config {
  executor_link_config link; ///< for each executor that comes; `executor` is filled in
  operator_actor operators;
};

gate_actor spawn_gate(caf::actor_system& sys, gate_config cfg);

} // namespace xxl::admin
