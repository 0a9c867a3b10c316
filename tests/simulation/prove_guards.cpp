// prove_guards: switches off one guard of the product after the other and demands that the simulation finds what it
// prevents, in a run that keeps every promise while the guard stands. How many seeds that takes is the strength of the
// simulation.

#include "protocol/guards.hpp"
#include "tests/simulation/guard_option.hpp"
#include "tests/simulation/options.hpp"
#include "tests/simulation/run.hpp"
#include "tests/simulation/sometimes.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace xxl::sim {
namespace {

/// An order comes only over the connection on which its session said hello, and that one ends with the session: no run
/// can tell whether the order's session is looked at too.
constexpr std::array behind_another{guard::session_check};

bool is_behind_another(guard which) { return std::ranges::find(behind_another, which) != behind_another.end(); }

/// Whether that guard turned out as expected.
bool prove(guard which, std::uint64_t first, std::size_t most) {
  ground g;
  verdict v;
  std::size_t seeds = 0;
  auto began = std::chrono::steady_clock::now();
  {
    guard_off off{which};
    while (v.kept() && seeds < most) v = run(draw_options_for(which, first + seeds++), g, false);
  }
  auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  auto with_guard = v.kept() ? v : run(draw_options_for(which, first + seeds - 1), g, false);
  std::printf("%-24s %5zu seeds %6.1f s  %s\n", to_string(which).c_str(), seeds, took,
              v.kept() ? "not found" : (v.rule + ": " + v.what).c_str());
  if (!with_guard.kept()) std::printf("  but with the guard too: %s\n", with_guard.rule.c_str());
  if (!v.kept() && is_behind_another(which)) std::printf("  though another guard was said to stand before it\n");
  std::fflush(stdout);
  return with_guard.kept() && v.kept() == is_behind_another(which);
}

} // namespace
} // namespace xxl::sim

int main(int argc, char** argv) {
  using namespace xxl;
  CLI::App app{"Switches guards off and looks whether the simulation notices"};
  std::uint64_t first = 1;
  std::size_t most = 300;
  std::optional<guard> only;
  app.add_option("--seed", first, "The first seed");
  app.add_option("--seeds", most, "How many seeds each guard gets");
  sim::add_guard_option(app, "--guard", only, "This one alone");
  CLI11_PARSE(app, argc, argv);
  bool proven = true;
  for (auto g : only ? std::vector{*only} : all_guards()) proven = sim::prove(g, first, most) && proven;
  return proven ? 0 : 1;
}
