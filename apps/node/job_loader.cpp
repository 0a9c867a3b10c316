#include "apps/node/job_loader.hpp"

#include "cli/batches.hpp"
#include "cli/render.hpp"
#include "config/job_files.hpp"
#include "protocol/errors.hpp"

#include <caf/scoped_actor.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace xxl::apps {

using namespace std::chrono_literals;

bool job_loader::read() {
  config::load_options options;
  options.timezone = settings_.timezone;
  options.groups_known_elsewhere = true;
  auto files = config::load_jobs(settings_.jobs, options);
  if (!files.problems.empty()) {
    std::fprintf(stderr, "%s\n", config::report(files.problems).c_str());
    std::fflush(stderr);
    return false;
  }
  requests_ =
      cli::batches_of(std::move(files.groups), std::move(files.jobs), "xxl-node " + settings_.node, "settings: jobs");
  return true;
}

/// A standalone node runs jobs that are applied later: its executor's group is made if nobody has defined it. False:
/// not now.
bool job_loader::own_group() {
  if (settings_.role != config::node_role::standalone) return true;
  auto ours = [this](auto& g) { return g.name == settings_.group; };
  for (auto& r : requests_)
    if (std::any_of(r.groups.begin(), r.groups.end(), ours)) return true;
  caf::scoped_actor self{sys_};
  bool known = false, done = false;
  self->request(operators_, 10s, groups_atom_v)
      .receive(
          [&](const std::vector<group_view>& groups) {
            done = true;
            known = std::any_of(groups.begin(), groups.end(), [&](auto& g) { return g.spec.name == settings_.group; });
          },
          [](const caf::error& e) { spdlog::warn("jobs: the groups cannot be read yet: {}", text_of(e)); });
  if (!done || known) return done;
  apply_request request;
  request.who = "xxl-node " + settings_.node;
  request.groups.push_back({settings_.group, "Standalone", address_mode::automatic, {}});
  requests_.insert(requests_.begin(), std::move(request));
  return true;
}

bool job_loader::apply() {
  if (!own_group()) return false;
  caf::scoped_actor self{sys_};
  cli::change_counts sum;
  for (auto& request : requests_) {
    bool done = false;
    self->request(operators_, 60s, apply_atom_v, request)
        .receive(
            [&](const std::vector<apply_change>& changes) {
              done = true;
              for (auto& c : changes) {
                sum.add(c);
                if (c.change == "failed")
                  spdlog::error("jobs: {} {}{}{}: {}", c.kind, c.group, c.name.empty() ? "" : "/", c.name, c.detail);
              }
            },
            [](const caf::error& e) { spdlog::warn("jobs: they cannot be applied yet: {}", text_of(e)); });
    if (!done) return false;
  }
  spdlog::info("groups and jobs of the files: {}", to_string(sum));
  requests_.clear();
  return true;
}

} // namespace xxl::apps
