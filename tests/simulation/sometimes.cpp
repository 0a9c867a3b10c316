#include "tests/simulation/sometimes.hpp"

#include <array>
#include <cstdio>
#include <set>
#include <stdexcept>

namespace xxl::sim {
namespace {

constexpr std::array names{
    // The database.
    "a claim's outcome is unknown",
    "a claim is settled: it counts",
    "a claim is settled: nothing of it counts",
    "a claim is settled: another epoch is in force",
    "a claim of an older epoch is refused",
    "a claim's backend is ended before it acts",
    "a backend is ended before it acts",
    "the database restarts",
    "a claim leaves locked jobs to the next pass",
    // Leaders.
    "another admin takes over",
    "a leader wakes without trust",
    "a leader's lock session is ended by silence",
    // Executors and their sessions.
    "a row is sent again after the inventory",
    "an order is refused",
    "an order is known already",
    "an order that was given back comes again",
    "an adoption of an older epoch is refused",
    "a session's lease runs out",
    "an executor loses its trust",
    "an executor takes a new session",
    "a restarted executor ends its earlier life",
    "a journal is told",
    "a run of the journal is lost",
    "a run is lost with its session",
    "a row that never started waits again",
    "an executor gives back what waits",
    "an executor says goodbye",
    "a start cannot be written down",
    "a result cannot be written down",
    "the data directory is held by another process",
    // Results.
    "a result comes again",
    "a result comes late",
    "a retry follows",
    "a run goes on after its timeout",
    "a run is cancelled at its timeout",
    "a queue is full",
    // Kills.
    "a waiting trigger is killed",
    "a trigger at an executor is killed",
    "a kill comes before its order",
    "a killed run had another end",
    // Schedules.
    "a gap row is written by a claim",
    "a gap row is written by a pause that ends",
    "an edit comes while a fire is overdue",
    "an edit comes between a claim and its fire",
    "a fire finds no executor",
    "nobody takes a row in time",
    "a fixed delay's end is repaired",
    "a request is repeated and changes nothing",
    // The network.
    "a message comes twice",
    "a message of an old connection comes after the next hello",
};

std::set<std::string_view>& seen() {
  static std::set<std::string_view> names_seen;
  return names_seen;
}

} // namespace

void sometimes(std::string_view name) {
  for (auto* known : names)
    if (name == known) {
      seen().insert(known);
      return;
    }
  throw std::logic_error{"sometimes(\"" + std::string{name} + "\") is not in the list"};
}

coverage::coverage() {
  for (auto* name : names) runs_[name] = 0;
}

void coverage::end_of_run() {
  for (auto name : seen()) ++runs_.find(name)->second;
  seen().clear();
  ++all_;
}

std::vector<std::string> coverage::missing() const {
  std::vector<std::string> none;
  for (auto* name : names)
    if (runs_.find(name)->second == 0) none.emplace_back(name);
  return none;
}

std::string coverage::table() const {
  std::string text;
  for (auto* name : names) {
    char line[160];
    std::snprintf(line, sizeof line, "  %6zu of %zu  %s\n", runs_.find(name)->second, all_, name);
    text += line;
  }
  return text;
}

} // namespace xxl::sim
