// xxl-faults [--soak] [--keep] [KIND...]: plants faults into a cluster of real processes while it fires, those kinds
// only if any are named, and judges what became of each fire (docs/faults.md). --keep: what was said stays in any case.
// Exit code 0: every fire is accounted for, and xxlctl audit agrees; 1: violations; 2: the run itself failed.

#include "tests/faults/report.hpp"
#include "tests/faults/run.hpp"

#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace xxl::faults;

constexpr std::size_t most_shown = 10, all = 100'000;

std::uint64_t seed() {
  if (auto* text = std::getenv("XXL_FAULTS_SEED")) return std::stoull(text);
  return std::random_device{}();
}

/// Everything of the run stays for whoever looks into it.
void keep(cluster& c, const run_record& record, const verdict& v) {
  c.keep_logs();
  std::ofstream violations{c.place() / "violations.txt"};
  print_violations(violations, record, v, all);
  c.place().write("audit.txt", record.audit.output + record.audit.errors);
  std::ofstream faults{c.place() / "faults.txt"};
  for (auto& p : record.faults) faults << to_string(p, record.began_ms) << "\n";
  std::cout << "kept: " << c.place().path().string() << "\n";
}

struct options {
  bool soak = false, keep = false;
  std::set<std::string> only; ///< kinds; empty: all
};

options read(const std::vector<std::string>& words) {
  options o;
  for (auto& word : words)
    if (word == "--soak")
      o.soak = true;
    else if (word == "--keep")
      o.keep = true;
    else
      o.only.insert(word);
  return o;
}

/// Throws std::invalid_argument for a kind that does not exist.
std::vector<planned_kind> kinds_of(const options& o) {
  auto kinds = o.soak ? soak() : short_run();
  if (o.only.empty()) return kinds;
  auto unknown = o.only;
  for (auto& k : kinds) unknown.erase(name_of(k.what));
  if (!unknown.empty()) throw std::invalid_argument{"there is no fault " + *unknown.begin()};
  std::erase_if(kinds, [&](auto& k) { return !o.only.contains(name_of(k.what)); });
  return kinds;
}

int run(const options& o) {
  auto from = seed();
  auto plan = draw(kinds_of(o), o.soak ? company::sometimes : company::none, from);
  std::cout << "xxl-faults" << (o.soak ? " --soak" : "");
  for (auto& kind : o.only) std::cout << " " << kind;
  std::cout << ", XXL_FAULTS_SEED=" << from << "\n";
  for (auto& s : plan) std::cout << "  " << to_string(s) << "\n";
  std::cout.flush();
  cluster c;
  run_record record;
  verdict v;
  try {
    carry_out(plan, from, c, record);
    v = check(record.seen);
    print_violations(std::cout, record, v, most_shown);
    bool clean = v.clean() && record.audit.code == 0;
    if (o.keep || !clean) keep(c, record, v);
    print_figures(std::cout, record, v);
    return clean ? 0 : 1;
  } catch (const std::exception& e) {
    std::cout << "the run failed: " << e.what() << "\n";
    for (auto& p : record.faults) std::cout << "  " << to_string(p, record.began_ms) << "\n";
    keep(c, record, v);
    return 2;
  }
}

} // namespace

int main(int argc, char** argv) {
  try {
    return run(read({argv + 1, argv + argc}));
  } catch (const std::exception& e) {
    std::cerr << "xxl-faults: " << e.what() << "\n";
    return 2;
  }
}
