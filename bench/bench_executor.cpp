#include "bench/bench_executor.hpp"

#include "bench/start_log.hpp"
#include "xxl/executor.hpp"

#include <ctime>

namespace xxl::bench {
namespace {

std::int64_t wall_us() {
  timespec t{};
  ::clock_gettime(CLOCK_REALTIME, &t);
  return t.tv_sec * 1'000'000 + t.tv_nsec / 1'000;
}

} // namespace

int run_bench_executor(const bench_executor_options& options) {
  auto log = start_log::open(options.record);
  executor_options o;
  o.group = bench_group;
  o.name = options.name;
  o.admins = {options.admin};
  o.data = options.data;
  executor program{o};
  program.add_handler(bench_handler, [&log](job_context& run) {
    auto at = wall_us();
    log.add({job_key(run.job()), run.fire_time().time_since_epoch().count(), at});
    return result::success();
  });
  return program.run();
}

} // namespace xxl::bench
