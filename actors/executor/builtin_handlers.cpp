#include "actors/executor/builtin_handlers.hpp"

namespace xxl::executor {
namespace {

/// A few lines of log over a tenth of a second: something to look at.
result demo(job_context& run) {
  constexpr int steps = 3;
  run.log("hello from {}, params \"{}\"", run.job(), run.params());
  for (int step = 1; step <= steps; ++step) {
    if (run.wait_for(std::chrono::milliseconds{30})) return result::fail("cancelled in step " + std::to_string(step));
    run.log("step {} of {}", step, steps);
  }
  return result::success("did " + std::to_string(steps) + " steps");
}

result noop(job_context&) { return result::success(); }

std::vector<std::string> command(const std::string& params) { return {"sh", "-c", params}; }

} // namespace

void add_builtin_handlers(handler_registry& registry) {
  registry.add_built_in("demo", handler{demo});
  registry.add_built_in("noop", handler{noop});
  registry.add_built_in("command", command_builder{command});
}

} // namespace xxl::executor
