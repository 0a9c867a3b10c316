#include "tests/faults/cluster.hpp"

#include "tests/faults/workload.hpp"

#include <fstream>
#include <stdexcept>
#include <utility>

namespace xxl::faults {
namespace {

test::postgres_server::options durable() {
  test::postgres_server::options o;
  o.tcp = true;
  o.fsync = true;
  return o;
}

std::string shim() { return e2e::program("libfaults_shim.so"); }

/// After the last fault is healed: longer than the longest lease, on a busy machine.
constexpr std::chrono::milliseconds recovery{60'000};

} // namespace

cluster::admin::admin(std::string its_name, std::uint16_t port, std::uint16_t database_port,
                      const e2e::workspace& place)
    : name{std::move(its_name)}, at{port}, database{database_port}, shim{place / (name + ".shim")} {}

cluster::executor::executor(std::string its_name, const e2e::workspace& place)
    : name{std::move(its_name)}, data{place / name}, shim{place / (name + ".shim")} {}

cluster::cluster()
    : database_{durable()}, database_name_{database_.fresh_database()}, url_{database_.url(database_name_)} {
  for (std::size_t i = 0; i < admins; ++i) start_admin(i);
  for (auto& a : admins_) a->at.wait_until_it_answers();
  admin_of(leader()).at.ask({"apply", place_.write("group.yaml", job_file({}, record())).string()});
  for (std::size_t i = 0; i < executors; ++i) start_executor(i);
  wait_until_whole();
}

void cluster::start_admin(std::size_t number) {
  auto& a = *admins_.emplace_back(
      std::make_unique<admin>("admin-" + std::to_string(number + 1), e2e::free_port(), database_.port(), place_));
  e2e::words flags{"--role=admin", "--node=" + a.name, "--listen=" + a.at.endpoint(),
                   "--database=" + a.database.postgres_url(database_name_), "--data=" + (place_ / a.name).string(),
                   // Every late fire counts, however long an outage is.
                   "--misfire-threshold=1h"};
  a.process = std::make_unique<member>(a.name, [this, flags, environment = a.shim.environment(shim())] {
    return e2e::start_node(place_, flags, environment);
  });
  a.process->start();
}

void cluster::start_executor(std::size_t number) {
  auto& e = *executors_.emplace_back(std::make_unique<executor>("executor-" + std::to_string(number + 1), place_));
  e2e::command c{
      {e2e::program("e2e_recorder"), group, e.name, e.data.string()}, e.shim.environment(shim()), place_ / ""};
  for (std::size_t i = 0; i < admins; ++i) {
    e.network[i] = std::make_unique<test::tcp_relay>(admins_[i]->at.port());
    c.words.push_back("127.0.0.1:" + std::to_string(e.network[i]->port()));
  }
  e.process = std::make_unique<member>(e.name, [c] { return e2e::process{c}; });
  e.process->start();
}

std::size_t cluster::leader() const {
  return &e2e::leader_of(admins_[0]->at, admins_[1]->at) == &admins_[0]->at ? 0 : 1;
}

void cluster::wait_until_whole() {
  std::string missing;
  auto whole = [&] {
    missing.clear();
    for (auto& a : admins_)
      if (!a->process->running()) throw std::runtime_error{a->name + " ended by itself"};
    for (auto& e : executors_)
      if (!e->process->running()) throw std::runtime_error{e->name + " ended by itself"};
    for (auto& a : admins_)
      if (auto n = a->at.executors(); n != executors)
        missing += a->name + " sees " + std::to_string(n) + " executors; ";
    if (admins_[0]->at.leads() == admins_[1]->at.leads()) missing += "none or both admins lead; ";
    return missing.empty();
  };
  if (!e2e::eventually(whole, recovery)) throw std::runtime_error{"the cluster did not recover: " + missing};
}

void cluster::keep_logs() {
  place_.keep();
  for (auto& a : admins_) place_.write("logs/" + a->name + ".log", a->process->said());
  for (auto& e : executors_) place_.write("logs/" + e->name + ".log", e->process->said());
  place_.write("logs/postgres.log", database_.log());
}

} // namespace xxl::faults
