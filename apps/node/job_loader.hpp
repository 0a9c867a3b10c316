#pragma once
// Brings the job files of a node's settings to the admin: at start, and at each SIGHUP, on the leader.

#include "config/settings.hpp"
#include "protocol/actors.hpp"

#include <caf/actor_system.hpp>

#include <string>
#include <vector>

namespace xxl::apps {

class job_loader {
public:
  job_loader(caf::actor_system& sys, operator_actor operators, const config::settings& settings)
      : sys_{sys}, operators_{std::move(operators)}, settings_{settings} {}

  /// Reads and checks the files of the settings, if there are any; problems are printed, and nothing of them is
  /// applied. False: there are problems.
  bool read();
  /// Applies what was read last. False: the admin could not, and it is worth trying again.
  bool apply();

private:
  bool own_group();

  caf::actor_system& sys_;
  operator_actor operators_;
  const config::settings& settings_;
  std::vector<apply_request> requests_;
};

} // namespace xxl::apps
