#include "bench/load.hpp"

#include "bench/bench_executor.hpp"
#include "cli/batches.hpp"
#include "cli/exit_code.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace xxl::bench {
namespace {

using namespace std::chrono_literals;
constexpr int tries = 300; ///< of 100 ms: a busy machine may be slow to start

} // namespace

job_spec bench_job(std::size_t i, schedule_spec schedule) {
  job_spec job;
  job.group = bench_group;
  job.name = "job-" + std::to_string(i);
  job.schedule = std::move(schedule);
  job.work = handler_work{bench_handler};
  return job;
}

std::string full_name(const job_spec& job) { return job.group + "/" + job.name; }

cli::admin connect_when_up(caf::actor_system& sys, std::uint16_t port) {
  std::vector<endpoint> endpoints{{"127.0.0.1", port}};
  for (int i = 0;; ++i) {
    try {
      auto admin = cli::connect(sys, endpoints, "xxl-bench");
      admin.ask<node_stats>(stats_atom_v);
      return admin;
    } catch (const cli::failure&) {
      if (i == tries) throw;
      caf::scoped_actor self{sys};
      self->receive(caf::after(100ms) >> [] {});
    }
  }
}

void apply_group(cli::admin& admin) {
  apply_request r;
  r.who = "xxl-bench";
  r.groups.push_back({bench_group, "Bench", address_mode::automatic, {}});
  admin.ask<std::vector<apply_change>>(apply_atom_v, std::move(r));
}

void wait_for_executors(cli::admin& admin, unsigned n) {
  for (int i = 0; i < tries; ++i) {
    auto live = admin.ask<std::vector<executor_view>>(executors_atom_v);
    if (std::count_if(live.begin(), live.end(), [](auto& e) { return e.connected && e.state == "live"; }) >=
        static_cast<std::ptrdiff_t>(n))
      return;
    admin.wait(100ms);
  }
  throw std::runtime_error{"the executors did not connect"};
}

void apply(cli::admin& admin, std::vector<job_spec> jobs) {
  for (auto& request : cli::batches_of({}, std::move(jobs), "xxl-bench", "bench"))
    for (auto& change : admin.ask<std::vector<apply_change>>(apply_atom_v, request))
      if (change.change != "created")
        throw std::runtime_error{change.name + ": " + change.change + " " + change.detail};
}

} // namespace xxl::bench
