#include "tests/simulation/misfortunes.hpp"

#include "tests/simulation/sometimes.hpp"

#include <spdlog/spdlog.h>

#include <set>

namespace xxl::sim {

void misfortunes::next() {
  if (options_.faults.empty()) return;
  world_.in(random_.between(options_.fault_every / 5, options_.fault_every * 9 / 5), process::nobody, [this] {
    if (over_) return;
    strike(random_.one_of(options_.faults));
    next();
  });
}

template <class Machine> Machine* misfortunes::some(std::deque<Machine>& machines) {
  std::vector<Machine*> all;
  for (auto& m : machines)
    if (up(m)) all.push_back(&m);
  return all.empty() ? nullptr : random_.one_of(all);
}

template <class Machine> void misfortunes::back_later(Machine& m, span most) {
  world_.in(random_.between(20ms, most), process::nobody, [this, &m] {
    if (!over_) cluster_.start(m);
  });
}

void misfortunes::strike(fault what) {
  auto* admin = some(cluster_.admins());
  auto* executor = some(cluster_.executors());
  spdlog::debug("fault: {}", to_string(what));
  switch (what) {
  case fault::kill_admin:
    if (admin == nullptr) return;
    cluster_.kill(*admin);
    return back_later(*admin, 4s);
  case fault::kill_executor:
    if (executor == nullptr) return;
    cluster_.kill(*executor);
    return back_later(*executor, random_.chance(0.7) ? 2s : 14s);
  case fault::lose_admin:
    if (admin == nullptr) return;
    cluster_.lose(*admin);
    return back_later(*admin, 8s);
  case fault::lose_executor:
    if (executor == nullptr) return;
    cluster_.lose(*executor);
    return back_later(*executor, 8s);
  case fault::freeze_admin:
    if (admin != nullptr) cluster_.freeze(admin->life, random_.between(50ms, 6s));
    return;
  case fault::freeze_executor:
    if (executor == nullptr) return;
    // Shorter than a lease, or until its runs have been given up.
    cluster_.freeze(executor->life, random_.chance(0.5) ? random_.between(50ms, 6s) : random_.between(9s, 18s));
    return;
  case fault::stop_admin:
    if (admin == nullptr) return;
    cluster_.stop(*admin, 2s);
    return back_later(*admin, 5s);
  case fault::stop_executor:
    if (executor == nullptr) return;
    cluster_.stop(*executor, random_.between(50ms, 3s));
    return back_later(*executor, 8s);
  case fault::fill_disk:
    if (executor != nullptr) cluster_.fill_disk(*executor, random_.between(20ms, 3s));
    return;
  case fault::second_life:
    if (executor != nullptr) cluster_.start_second(*executor);
    return;
  case fault::cut:
    if (auto open = net_.open_connections(); !open.empty())
      random_.one_of(open)->cut(random_.between(0ns, 3s), random_.between(0ns, 3s));
    return;
  case fault::stall:
    if (auto open = net_.open_connections(); !open.empty())
      random_.one_of(open)->stall(random_.chance(0.5) ? connection::dialler : connection::listener,
                                  world_.now() + random_.between(10ms, 4s));
    return;
  case fault::part_network: {
    if (executor == nullptr || admin == nullptr) return;
    net_.part(executor->name, admin->name);
    world_.in(random_.between(50ms, 8s), process::nobody,
              [this, e = executor->name, a = admin->name] { net_.heal(e, a); });
    return;
  }
  case fault::part_database:
    if (admin == nullptr) return;
    db_.part(admin->name);
    world_.in(random_.between(50ms, 8s), process::nobody, [this, a = admin->name] { db_.heal(a); });
    return;
  case fault::restart_database: return db_.restart(random_.between(10ms, 2s));
  case fault::end_lock_session: return db_.end_lock_session();
  }
}

void misfortunes::end() {
  over_ = true;
  db_.be_good();
  net_.be_good();
  for (auto& a : cluster_.admins()) {
    db_.heal(a.name);
    for (auto& e : cluster_.executors()) net_.heal(e.name, a.name);
  }
  core_admin_ = &random_.one_of(cluster_.admins());
  for (auto& a : cluster_.admins()) {
    if (up(a)) world_.thaw(a.life);
    if (&a != core_admin_ && random_.chance(0.3)) cluster_.kill(a);
  }
  std::set<std::string> served;
  for (auto& e : cluster_.executors()) {
    if (up(e)) world_.thaw(e.life);
    if (served.insert(e.group).second)
      core_executors_.push_back(&e);
    else if (random_.chance(0.3))
      cluster_.kill(e);
  }
  keep_core();
}

void misfortunes::keep_core() {
  cluster_.start(*core_admin_);
  for (auto* e : core_executors_) cluster_.start(*e);
  world_.in(500ms, process::nobody, [this] { keep_core(); });
}

} // namespace xxl::sim
