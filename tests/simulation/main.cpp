// simulation_test: runs seeds, says which promise a failing one breaks, and how to see it again.

#include "protocol/guards.hpp"
#include "tests/simulation/guard_option.hpp"
#include "tests/simulation/run.hpp"
#include "tests/simulation/sometimes.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace xxl::sim {
namespace {

struct batch {
  std::uint64_t first = 1;
  std::size_t seeds = 100;
  bool log = false;
  std::size_t failures_most = 1;
  std::optional<guard> drawn_for;
};

/// A batch of so many must have come everywhere.
constexpr std::size_t large = 1'000;

/// One run in twenty is run twice: a seed that does not do the same again tells nothing.
bool repeats(const options& o, const verdict& first, ground& g) {
  auto again = run(o, g, false);
  if (again.hash == first.hash && again.steps == first.steps) return true;
  std::printf("seed %lu does not repeat itself: %lu steps, hash %lx; then %lu steps, hash %lx\n", o.seed, first.steps,
              first.hash, again.steps, again.hash);
  return false;
}

int run_all(const batch& b) {
  ground g;
  coverage seen;
  auto began = std::chrono::steady_clock::now();
  std::size_t failed = 0, done = 0;
  std::uint64_t steps = 0;
  for (; done < b.seeds && failed < b.failures_most; ++done) {
    auto o = b.drawn_for ? draw_options_for(*b.drawn_for, b.first + done) : draw_options(b.first + done);
    if (b.log) std::printf("seed %lu: %s\n", o.seed, describe(o).c_str());
    auto v = run(o, g, b.log);
    seen.end_of_run();
    steps += v.steps;
    if (!v.kept()) {
      ++failed;
      std::printf("seed %lu: %s\n  %s\n  at %.6f s of %s; options: %s\n  again: simulation_test --seed %lu --log\n",
                  o.seed, v.rule.c_str(), v.what.c_str(), std::chrono::duration<double>(v.at).count(), v.phase.c_str(),
                  describe(o).c_str(), o.seed);
    } else if (done % 20 == 0 && b.seeds > 1 && !repeats(o, v, g)) {
      ++failed;
    }
    std::fflush(stdout);
  }
  auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  if (b.seeds > 1)
    std::printf("%zu seeds from %lu, %zu failed; %.1f seeds/s, %lu steps\n%s", done, b.first, failed,
                static_cast<double>(done) / took, steps, seen.table().c_str());
  auto missing = done >= large ? seen.missing() : std::vector<std::string>{};
  for (auto& name : missing) std::printf("no run of this batch has seen: %s\n", name.c_str());
  return failed == 0 && missing.empty() ? 0 : 1;
}

} // namespace
} // namespace xxl::sim

int main(int argc, char** argv) {
  CLI::App app{"Runs the whole system under virtual time, with faults, one seed after the other"};
  xxl::sim::batch b;
  app.add_option("--seed", b.first, "The first seed; alone: just this one");
  auto* seeds = app.add_option("--seeds", b.seeds, "How many");
  app.add_option("--failures", b.failures_most, "Stop after that many failing seeds");
  app.add_flag("--log", b.log, "Tell everything that happens");
  std::optional<xxl::guard> without;
  xxl::sim::add_guard_option(app, "--without", without, "Run without that guard of the product (protocol/guards.hpp)");
  xxl::sim::add_guard_option(app, "--for", b.drawn_for, "Draw the options as prove_guards does for that guard");
  CLI11_PARSE(app, argc, argv);
  std::optional<xxl::guard_off> off;
  if (without) off.emplace(*without);
  if (app.count("--seed") > 0 && seeds->count() == 0) b.seeds = 1;
  return xxl::sim::run_all(b);
}
