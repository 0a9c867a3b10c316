#include "tests/simulation/options.hpp"

#include <array>
#include <sstream>

namespace xxl::sim {
namespace {

using std::chrono::milliseconds;

constexpr std::array all_faults{
    fault::kill_admin,   fault::kill_executor,   fault::lose_admin,    fault::lose_executor,
    fault::freeze_admin, fault::freeze_executor, fault::stop_admin,    fault::stop_executor,
    fault::fill_disk,    fault::second_life,     fault::cut,           fault::end_lock_session,
    fault::stall,        fault::part_network,    fault::part_database, fault::restart_database};

double ms(span s) { return std::chrono::duration<double, std::milli>(s).count(); }

/// Absent in most runs, of any strength in the others.
double some(dice& random, double most) {
  return random.chance(0.35) ? most * static_cast<double>(random.between(1, 100)) / 100 : 0;
}

template <class Duration> Duration pick(dice& random, std::initializer_list<Duration> values) {
  return random.one_of(values);
}

} // namespace

std::string to_string(fault f) {
  switch (f) {
  case fault::kill_admin: return "kill admin";
  case fault::kill_executor: return "kill executor";
  case fault::lose_admin: return "lose admin";
  case fault::lose_executor: return "lose executor";
  case fault::freeze_admin: return "freeze admin";
  case fault::freeze_executor: return "freeze executor";
  case fault::stop_admin: return "stop admin";
  case fault::stop_executor: return "stop executor";
  case fault::fill_disk: return "fill disk";
  case fault::second_life: return "second life";
  case fault::cut: return "cut";
  case fault::stall: return "stall";
  case fault::part_network: return "part network";
  case fault::part_database: return "part database";
  case fault::restart_database: return "restart database";
  case fault::end_lock_session: return "end lock session";
  }
  return "?";
}

options draw_options(std::uint64_t seed) {
  dice random{seed, "options"};
  options o;
  o.seed = seed;
  o.admins = random.chance(0.8) ? 2 : 1;
  o.executors = static_cast<int>(random.between(1, 3));
  o.jobs = static_cast<int>(random.between(2, 7));
  o.chaos = pick<span>(random, {5s, 9s, 22s});
  o.step_most = pick<span>(random, {20us, 200us, 1ms});
  o.fault_every = pick<span>(random, {300ms, 1s, 3s});
  o.operator_every = pick<span>(random, {400ms, 2s, 6s});
  for (auto f : all_faults)
    if (random.chance(0.3)) o.faults.push_back(f);
  // One kind alone comes to where others would have ended the run's actors long before.
  if (random.chance(0.25)) o.faults = {random.one_of(all_faults)};
  o.net.latency_most = pick<span>(random, {500us, 5ms, 50ms});
  o.net.hiccup = some(random, 0.2);
  o.net.hiccup_most = pick<span>(random, {100ms, 1s, 3s});
  o.net.repeat = some(random, 0.2);
  o.db.slow = some(random, 0.3);
  o.db.request_lost = some(random, 0.05);
  o.db.answer_lost = some(random, 0.05);
  o.db.orphaned = some(random, 0.05);
  o.db.refused = some(random, 0.05);
  o.db.locked = some(random, 0.2);
  o.db.slow_most = pick<span>(random, {5ms, 100ms, 1s, 4s});
  auto& how = o.settings.how;
  how.lease = pick<milliseconds>(random, {5s, 5s, 10s});
  how.dispatch_timeout = pick<milliseconds>(random, {1s, 4s, 10s});
  how.misfire_threshold = pick<milliseconds>(random, {1s, 5s});
  how.ring.window = pick<std::size_t>(random, {1, 3, 5'000});
  how.ring.horizon = pick<milliseconds>(random, {500ms, 2s});
  o.settings.credit = pick<std::uint32_t>(random, {1, 2, 10, 2'000});
  o.settings.max_running = pick<std::size_t>(random, {1, 3, 64});
  o.settings.queue_limit = pick<std::size_t>(random, {1, 2, 1'000});
  for (int i = 0; i < o.admins + o.executors; ++i)
    o.clock_offsets.emplace_back(random.chance(0.5) ? 0 : random.between(-90, 90));
  return o;
}

options draw_options_for(guard which, std::uint64_t seed) {
  auto o = draw_options(seed);
  auto executors = [&](int n) {
    o.executors = n;
    o.clock_offsets.resize(static_cast<std::size_t>(o.admins + n));
  };
  // Executors give much back, and messages or pages come after it.
  auto give_back = [&] {
    o.jobs = 7;
    o.chaos = 15s;
    o.faults = {fault::fill_disk};
    o.fault_every = 300ms;
    o.net.repeat = 0.5;
    o.db.slow = 0.4;
    o.db.slow_most = 1s;
  };
  switch (which) {
  case guard::hand_back_comparison:
  case guard::handed_count:
    executors(3);
    give_back();
    break;
  case guard::waiting_comparison:
    executors(1);
    give_back();
    break;
  case guard::epoch_check: // leaders change, and what the last one sent is still on its way
    o.admins = 2;
    executors(3);
    o.jobs = 7;
    o.chaos = 15s;
    o.faults = {fault::end_lock_session, fault::stall};
    o.fault_every = 300ms;
    o.net.repeat = 0.5;
    break;
  default: break;
  }
  return o;
}

std::string describe(const options& o) {
  std::ostringstream text;
  text << o.admins << " admins, " << o.executors << " executors, " << o.jobs << " jobs; chaos " << ms(o.chaos)
       << " ms, a fault every " << ms(o.fault_every) << " ms:";
  for (auto f : o.faults) text << " [" << to_string(f) << "]";
  text << "; operators every " << ms(o.operator_every) << " ms; step " << ms(o.step_most) << " ms; latency "
       << ms(o.net.latency_most) << " ms, hiccup " << o.net.hiccup << " of " << ms(o.net.hiccup_most) << " ms, repeat "
       << o.net.repeat << "; database: slow " << o.db.slow << " of " << ms(o.db.slow_most) << " ms, request lost "
       << o.db.request_lost << ", locked " << o.db.locked << ", answer lost " << o.db.answer_lost << ", orphaned "
       << o.db.orphaned << ", refused " << o.db.refused << "; lease " << o.settings.how.lease.count()
       << " ms, dispatch " << o.settings.how.dispatch_timeout.count() << " ms, misfire "
       << o.settings.how.misfire_threshold.count() << " ms, window " << o.settings.how.ring.window << ", horizon "
       << o.settings.how.ring.horizon.count() << " ms; credit " << o.settings.credit << ", running "
       << o.settings.max_running << ", queue " << o.settings.queue_limit << "; clocks";
  for (auto offset : o.clock_offsets) text << " " << offset.count();
  return text.str();
}

} // namespace xxl::sim
