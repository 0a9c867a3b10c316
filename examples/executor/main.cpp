// An executor with a handler of its own: `closeStale` pretends to close stale orders, a thousand at a time.
//
//   example-executor GROUP ADMIN...        for example: example-executor orders 127.0.0.1:7788

#include "xxl/executor.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <iostream>
#include <string>

namespace {

/// "--limit 500" → 500; 1,000 without it.
int limit_of(const std::string& params) {
  auto at = params.find("--limit ");
  return at == std::string::npos
             ? 1'000
             : std::stoi(params.substr(at + 8)); // a bad number throws, which fails the run with its text
}

xxl::result close_stale(xxl::job_context& run) {
  const int limit = limit_of(run.params());
  run.log("closing stale orders, at most {}, attempt {}", limit, run.attempt());
  for (int closed = 0; closed < limit; closed += 100) {
    if (run.wait_for(std::chrono::milliseconds{10}))
      return xxl::result::fail("cancelled after " + std::to_string(closed) + " orders");
    run.log("closed {} orders", std::min(closed + 100, limit));
  }
  return xxl::result::success("closed " + std::to_string(limit) + " orders");
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: example-executor GROUP ADMIN...\n";
    return 2;
  }
  try {
    xxl::executor_options options;
    options.group = argv[1];
    options.admins.assign(argv + 2, argv + argc);
    options.data = "example-executor-data";
    xxl::executor program{options};
    program.add_handler("closeStale", close_stale);
    return program.run();
  } catch (const std::exception& e) {
    std::cerr << "example-executor: " << e.what() << '\n';
    return 2;
  }
}
