#pragma once
// What goes wrong, and when: one fault after the other of the kinds that the seed allows, until it is over.

#include "tests/simulation/cluster.hpp"
#include "tests/simulation/options.hpp"

namespace xxl::sim {

class misfortunes {
public:
  misfortunes(world& w, cluster& c, network& net, database& db, const options& o)
      : world_{w}, cluster_{c}, net_{net}, db_{db}, options_{o}, random_{o.seed, "faults"} {
    next();
  }

  /// No new faults; what is parted is healed and what is frozen wakes. A core is up and stays: an admin, and an
  /// executor of each group that has any. The rest stays as it is or is gone for ever, as the seed says.
  void end();

private:
  void next();
  void strike(fault what);
  /// Those that were just stopping, or could not start yet.
  void keep_core();
  template <class Machine> Machine* some(std::deque<Machine>& machines);
  template <class Machine> void back_later(Machine& m, span most);

  world& world_;
  cluster& cluster_;
  network& net_;
  database& db_;
  const options& options_;
  dice random_;
  bool over_ = false;
  admin_machine* core_admin_ = nullptr;
  std::vector<executor_machine*> core_executors_;
};

} // namespace xxl::sim
