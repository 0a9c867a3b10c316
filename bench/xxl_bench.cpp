// xxl-bench: how many triggers a second, and how late (docs/bench.md). One line of CSV per scenario; the first line is
// the header.

#include "bench/bench_executor.hpp"
#include "bench/scenarios.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

namespace {

using namespace xxl::bench;

struct scenario {
  const char* name;
  const char* what;
  std::size_t n;
  unsigned seconds;
  figures (*run)(const scenario_options&);
};

constexpr scenario scenarios[] = {
    {"throughput", "n triggers due at once, through their whole life: committed results per second", 100'000, 0,
     throughput},
    {"burst", "n jobs with one and the same fire time: lateness", 5'000, 0, burst},
    {"steady", "n jobs each second, on the second: lateness", 500, 60, steady},
};

} // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "Measures xxl: starts a PostgreSQL, an admin and executors of its own and prints one line of CSV per scenario."};
  app.require_subcommand(0);
  std::size_t n = 0;
  unsigned seconds = 0, executors = 1;
  auto measured = [&](CLI::App* sub) {
    sub->add_option("--n", n, "triggers (throughput), jobs (burst), jobs a second (steady)")
        ->check(CLI::Range(1, 1'000'000));
    sub->add_option("--seconds", seconds, "how long (steady)")->check(CLI::Range(1, 3'600));
    sub->add_option("--executors", executors, "executor processes")->check(CLI::Range(1, 16));
  };
  std::vector<CLI::App*> subs;
  for (auto& s : scenarios) measured(subs.emplace_back(app.add_subcommand(s.name, s.what)));
  bench_executor_options child;
  auto* executor = app.add_subcommand("executor", "the bench's own executor process; started by the bench");
  executor->group("");
  executor->add_option("--name", child.name)->required();
  executor->add_option("--admin", child.admin)->required();
  executor->add_option("--data", child.data)->required();
  executor->add_option("--record", child.record)->required();
  CLI11_PARSE(app, argc, argv);

  try {
    if (executor->parsed()) return run_bench_executor(child);
    auto programs = std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
    std::printf("%s\n", csv_header().c_str());
    std::fflush(stdout);
    auto all = app.get_subcommands().empty();
    bool clean = true;
    for (std::size_t i = 0; i < subs.size(); ++i) {
      auto& s = scenarios[i];
      if (!all && !subs[i]->parsed()) continue;
      auto f = s.run({programs, n > 0 ? n : s.n, seconds > 0 ? seconds : s.seconds, executors});
      std::printf("%s\n", csv_line(f).c_str());
      std::fflush(stdout);
      clean = clean && f.missed == 0 && f.doubled == 0;
    }
    return clean ? 0 : 1;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "xxl-bench: %s\n", e.what());
    return 1;
  }
}
