#include "actors/admin/admin_node.hpp"

#include <caf/scoped_actor.hpp>

#include <algorithm>
#include <utility>

namespace xxl::admin {

admin_node::admin_node(caf::actor_system& sys, const admin_settings& settings, std::shared_ptr<storage::store> store,
                       const clock& time, metrics_ptr stats)
    : sys_{sys}, time_{time} {
  admin_ground ground;
  ground.store = std::move(store);
  ground.time = &time;
  ground.stats = std::move(stats);
  actors_ = spawn_admin(sys, settings, ground);
}

admin_node::~admin_node() { stop(std::chrono::seconds{5}); }

void admin_node::stop(std::chrono::milliseconds patience) {
  auto all = std::exchange(actors_.in_order_of_end, {});
  if (all.empty()) return;
  actors_.gate = nullptr;
  actors_.operators = nullptr;
  auto until = time_.boot() + patience;
  caf::scoped_actor self{sys_};
  for (auto& actor : all) {
    self->monitor(actor);
    self->send_exit(actor, caf::exit_reason::user_shutdown);
    auto left = std::max<std::chrono::nanoseconds>(until - time_.boot(), std::chrono::nanoseconds{0});
    self->receive([](const caf::down_msg&) {}, caf::after(left) >> [] {}); // one at work ends when it is done
    actor = nullptr;
  }
}

} // namespace xxl::admin
