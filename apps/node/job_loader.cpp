#include "apps/node/job_loader.hpp"

#include <cstdio>
#include <utility>

#include <caf/scoped_actor.hpp>
#include <spdlog/spdlog.h>

#include "cli/batches.hpp"
#include "config/job_files.hpp"
#include "protocol/errors.hpp"

namespace xxl::apps {
namespace {

using namespace std::chrono_literals;

struct tally {
  std::size_t created = 0, changed = 0, unchanged = 0, failed = 0;

  void count(const apply_change& c) {
    if (c.change == "created") ++created;
    else if (c.change == "changed") ++changed;
    else if (c.change == "unchanged") ++unchanged;
    else {
      ++failed;
      spdlog::error("jobs: {} {}{}{}: {}", c.kind, c.group, c.name.empty() ? "" : "/", c.name, c.detail);
    }
  }
};

} // namespace

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
  requests_ = cli::batches_of(std::move(files.groups), std::move(files.jobs), "xxl-node " + settings_.node, "settings: jobs");
  return true;
}

bool job_loader::apply() {
  caf::scoped_actor self{sys_};
  tally sum;
  for (auto& request : requests_) {
    bool done = false;
    self->request(operators_, 60s, apply_atom_v, request)
      .receive(
        [&](const std::vector<apply_change>& changes) {
          done = true;
          for (auto& c : changes) sum.count(c);
        },
        [](const caf::error& e) { spdlog::warn("jobs: they cannot be applied yet: {}", text_of(e)); });
    if (!done) return false;
  }
  spdlog::info("jobs: {} created, {} changed, {} unchanged, {} failed", sum.created, sum.changed, sum.unchanged, sum.failed);
  requests_.clear();
  return true;
}

} // namespace xxl::apps
