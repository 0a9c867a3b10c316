// prove_guards: switches off one guard of the product after the other and demands that the simulation finds what it
// prevents. How many seeds that takes is the strength of the simulation.

#include "protocol/guards.hpp"
#include "tests/simulation/run.hpp"
#include "tests/simulation/sometimes.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

namespace xxl::sim {
namespace {

/// Nothing finds their absence within hundreds of seeds so far: another guard stands behind each, or no run comes to
/// where it matters. Looked at only when named.
constexpr std::array not_found_yet{guard::hand_back_comparison, guard::waiting_comparison,
                                   guard::session_check,        guard::id_memory,
                                   guard::handed_count,         guard::lease_trust};

int prove(const std::vector<guard>& guards, std::uint64_t first, std::size_t most) {
  ground g;
  int unseen = 0;
  for (auto which : guards) {
    guard_off off{which};
    verdict v;
    std::size_t seeds = 0;
    auto began = std::chrono::steady_clock::now();
    while (v.kept() && seeds < most) v = run(draw_options(first + seeds++), g, false);
    auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    if (v.kept()) ++unseen;
    std::printf("%-26s %5zu seeds %6.1f s  %s\n", to_string(which).c_str(), seeds, took,
                v.kept() ? "NOT FOUND" : (v.rule + ": " + v.what).c_str());
    std::fflush(stdout);
  }
  return unseen;
}

} // namespace
} // namespace xxl::sim

int main(int argc, char** argv) {
  using namespace xxl;
  CLI::App app{"Switches guards off and looks whether the simulation notices"};
  std::uint64_t first = 1;
  std::size_t most = 300;
  std::string only;
  app.add_option("--seed", first, "The first seed");
  app.add_option("--seeds", most, "How many seeds each guard gets");
  app.add_option("--guard", only, "This one alone");
  CLI11_PARSE(app, argc, argv);
  std::vector<guard> guards;
  for (auto g : all_guards)
    if (only.empty() ? std::ranges::find(sim::not_found_yet, g) == sim::not_found_yet.end() : only == to_string(g))
      guards.push_back(g);
  return sim::prove(guards, first, most) == 0 ? 0 : 1;
}
