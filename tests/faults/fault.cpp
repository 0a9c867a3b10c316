#include "tests/faults/fault.hpp"

#include "tests/e2e/harness/ledger.hpp"
#include "tests/faults/journal_files.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <poll.h>
#include <stdexcept>
#include <utility>

namespace xxl::faults {
namespace {

using namespace std::chrono_literals;
using test::tcp_relay;
using outage = tcp_relay::outage;

void nothing() {}

/// The last bytes of a file, at most that many.
std::string tail_of(const std::filesystem::path& file, std::streamoff bytes) {
  std::ifstream in{file, std::ios::binary | std::ios::ate};
  in.seekg(std::max<std::streamoff>(in.tellg() - bytes, 0));
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// Whether each open run that the executor's journal names has come as far as its handler's line.
bool all_begun_have_lines(const cluster& c, const cluster::executor& e) {
  constexpr std::streamoff recent = 1 << 20; // minutes of firing, and an open run is seconds old
  auto open = e2e::open_keys(c.url(), begun_triggers(e.data));
  auto record = tail_of(c.record(), recent);
  return std::all_of(open.begin(), open.end(),
                     [&](auto& key) { return record.find(to_string(key) + " ") != std::string::npos; });
}

// ---- processes

fault killed(const std::string& name, member& m) {
  return {name, [&m] { m.kill9(); }, [&m] { m.start(); }};
}

fault frozen(const std::string& name, member& m) {
  return {name, [&m] { m.freeze(); }, [&m] { m.thaw(); }};
}

fault stopped(const std::string& name, member& m) {
  return {name, [&m] { m.stop(); }, [&m] { m.start(); }};
}

/// kill -9 of an executor, at an instant at which every run that has begun by its start journal has come as far as its
/// handler's first line. Between the two lies a fraction of a millisecond in which nobody could tell whether the work
/// began; the checker knows no such run. Half of the time it has stood still for a while, and dies with orders that it
/// has not read.
fault killed_executor(cluster& c, cluster::executor& e, std::uint64_t dice) {
  constexpr int stillness_ms = 500;
  bool unread = dice % 2 == 0;
  auto kill = [&c, &e, unread] {
    auto none_between = [&] {
      e.process->freeze();
      if (all_begun_have_lines(c, e)) return true;
      e.process->thaw();
      return false;
    };
    if (!e2e::eventually(none_between, e2e::patience))
      throw std::runtime_error{e.name + ": its journal names runs whose handlers never begin"};
    if (unread) ::poll(nullptr, 0, stillness_ms);
    e.process->kill9();
  };
  return {e.name + (unread ? ", with unread orders" : ""), kill, [&e] { e.process->start(); }};
}

// ---- PostgreSQL

fault database_restarted(cluster& c) {
  return {"PostgreSQL", [&c] { c.database().restart(); }, nothing};
}

fault database_killed(cluster& c) {
  auto heal = [&c] {
    if (c.database().pid() == 0) c.database().start();
  };
  return {"PostgreSQL", [&c] { c.database().kill9(); }, heal};
}

/// All connections of the admins, or every second one.
fault backends_killed(cluster& c, std::uint64_t dice) {
  bool all = dice % 2 == 0;
  return {all ? "all backends" : "every second backend", [&c, all] { e2e::end_backends(c.url(), all); }, nothing};
}

// ---- network

std::string name_of_outage(outage how) {
  switch (how) {
  case outage::refuse: return "refuse";
  case outage::stall: return "stall";
  case outage::lose: return "lose";
  case outage::none: break;
  }
  return "none";
}

outage draw_outage(std::uint64_t dice) {
  constexpr std::array all{outage::refuse, outage::stall, outage::lose};
  return all[dice % all.size()];
}

fault cut(const std::string& between, std::vector<tcp_relay*> relays, outage how) {
  return {between + ", " + name_of_outage(how),
          [relays, how] {
            for (auto* r : relays) r->cut(how);
          },
          [relays] {
            for (auto* r : relays) r->heal();
          }};
}

fault cut_from_database(cluster::admin& a, std::uint64_t dice) {
  return cut(a.name + " and PostgreSQL", {&a.database}, draw_outage(dice));
}

fault cut_from_executor(cluster& c, std::size_t admin, cluster::executor& e, std::uint64_t dice) {
  return cut(c.admin_of(admin).name + " and " + e.name, {e.network[admin].get()}, draw_outage(dice));
}

/// A host that is gone for longer than a lease, and comes back as if nothing had been.
fault cut_host(cluster::executor& e, std::uint64_t dice) {
  std::vector<tcp_relay*> all;
  for (auto& n : e.network) all.push_back(n.get());
  auto f = cut(e.name + " and all admins", std::move(all), draw_outage(dice));
  f.host_cut = e.name;
  return f;
}

/// The next request of the leader's connection for that duty is committed, and its answer is not heard.
fault lost_answer(cluster::admin& a, const std::string& duty, std::uint64_t dice) {
  auto how = dice % 2 == 0 ? tcp_relay::fault::lose_answer : tcp_relay::fault::lose_client;
  auto heal = [&a] {
    if (!e2e::eventually([&a] { return !a.database.armed(); }, e2e::patience))
      throw std::runtime_error{a.name + " sent no request whose answer could be lost"};
  };
  return {a.name + ", " + duty, [&a, duty, how] { a.database.arm(how, duty + ":" + a.name); }, heal};
}

// ---- disks and clocks

/// One that is started meanwhile cannot begin its journal, says so and ends.
fault filled(cluster::executor& e, full_disk what) {
  auto heal = [&e] {
    e.shim.fill(full_disk::none);
    e.process->start_again();
  };
  return {e.name, [&e, what] { e.shim.fill(what); }, heal};
}

fault stepped(cluster::admin& a, std::chrono::milliseconds by) {
  return {a.name, [&a, by] { a.shim.step_clock(by); }, [&a] { a.shim.step_clock(0ms); }};
}

} // namespace

fault make_fault(const step& s, cluster& c) {
  auto leads = c.leader(), follows = 1 - leads;
  auto &leader = c.admin_of(leads), &follower = c.admin_of(follows);
  auto& executor = c.executor_of(s.dice % cluster::executors);
  auto dice = s.dice / cluster::executors;
  switch (s.what) {
  case fault_kind::leader_kill: return killed(leader.name, *leader.process);
  case fault_kind::leader_freeze: return frozen(leader.name, *leader.process);
  case fault_kind::leader_stop: return stopped(leader.name, *leader.process);
  case fault_kind::follower_kill: return killed(follower.name, *follower.process);
  case fault_kind::executor_kill: return killed_executor(c, executor, dice);
  case fault_kind::executor_freeze: return frozen(executor.name, *executor.process);
  case fault_kind::database_restart: return database_restarted(c);
  case fault_kind::database_kill: return database_killed(c);
  case fault_kind::backends_kill: return backends_killed(c, dice);
  case fault_kind::leader_database_cut: return cut_from_database(leader, dice);
  case fault_kind::follower_database_cut: return cut_from_database(follower, dice);
  case fault_kind::leader_executor_cut: return cut_from_executor(c, leads, executor, dice);
  case fault_kind::follower_executor_cut: return cut_from_executor(c, follows, executor, dice);
  case fault_kind::executor_host_cut: return cut_host(executor, dice);
  case fault_kind::claim_answer_lost: return lost_answer(leader, "xxl-claim", dice);
  case fault_kind::completion_answer_lost: return lost_answer(leader, "xxl-complete", dice);
  case fault_kind::spool_full: return filled(executor, full_disk::spool);
  case fault_kind::journal_full: return filled(executor, full_disk::journal);
  case fault_kind::log_full: return filled(executor, full_disk::log);
  case fault_kind::leader_clock_forward: return stepped(leader, 1h);
  case fault_kind::leader_clock_back: return stepped(leader, -1h);
  case fault_kind::follower_clock_forward: return stepped(follower, 1h);
  }
  throw std::invalid_argument{"no such fault"};
}

} // namespace xxl::faults
