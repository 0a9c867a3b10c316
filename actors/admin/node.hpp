#pragma once
// The node's supervisor: starts a reign when the election is won, ends it when it is lost, and watches the actors that
// live as long as the node. When one of those dies the node cannot keep its promises: it says why and asks to be
// stopped.

#include "actors/admin/reign.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <string>
#include <vector>

namespace xxl::admin {

struct node_config {
  trust_ptr leads;
  std::function<void(const std::string&)> on_fatal;
};

/// How to make a reign: told once, before the election begins (the actors a reign needs listen to this one, so they
/// come later).
struct reign_recipe {
  reign_config reign; ///< `epoch` is filled in
};

/// INTERNAL to the composition: watch this one too.
struct watch {
  caf::actor who;
  std::string name;
};
/// The node with what its composition root tells it.
using supervisor_actor = node_actor::extend<caf::reacts_to<watch>, caf::reacts_to<reign_recipe>>;

supervisor_actor spawn_node(caf::actor_system& sys, node_config cfg);

} // namespace xxl::admin

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::admin::watch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xxl::admin::reign_recipe)
