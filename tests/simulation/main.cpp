#include "tests/simulation/cluster.hpp"
#include "tests/simulation/laws/law.hpp"
#include "tests/simulation/sqlite_clock.hpp"
#include "tests/support/temporary_directory.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <cstdio>
using namespace xxl;
using namespace xxl::sim;
struct config : caf::actor_system_config {
  config() {
    add_message_types<caf::id_block::xxl_protocol>();
    add_message_types<caf::id_block::xxl_handles>();
    set("scheduler.policy", caf::atom("testing"));
  }
};
int main(int argc, char** argv) {
  std::uint64_t seed = argc > 1 ? std::stoull(argv[1]) : 1;
  int seeds = argc > 2 ? atoi(argv[2]) : 1;
  if (seeds > 1) spdlog::set_level(spdlog::level::off);
  test::temporary_directory place{"/dev/shm"};
  {
    auto t = storage::open_store("sqlite://" + (place / "t.db").string(), "t");
    t->migrate();
  }
  row_watch::prepare(place / "t.db");
  auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < seeds; ++i, ++seed) {
    config cfg;
    caf::actor_system sys{cfg};
    world w{sys, dice{seed, "turns"}, 100us};
    judge j{w};
    laws all;
    all.add(a_key_starts_once(j));
    all.add(states_step_forward(j));
    network net{w, dice{seed, "net"}, {}, all};
    test::virtual_clock dbclock{w.clock()};
    sqlite_clock sc{[&] { return dbclock.now(); }};
    row_watch rw{all};
    std::filesystem::remove(place / "db");
    std::filesystem::remove(place / "db-wal");
    std::filesystem::remove(place / "db-shm");
    std::filesystem::copy(place / "t.db", place / "db");
    std::shared_ptr<storage::store> st = storage::open_store("sqlite://" + (place / "db").string(), "s");
    database db{w, dice{seed, "db"}, {}, st};
    int starts = 0;
    cluster_settings cs;
    {
      cluster c{w,
                net,
                db,
                dice{seed, "cluster"},
                cs,
                place.path() / "disks",
                [](const order&) { return behaviour{}; },
                all,
                [](const std::string& s) { printf("fatal %s\n", s.c_str()); }};
      auto& a = c.add_admin(0ms);
      auto& e = c.add_executor("orders", 0ms);
      w.at(w.now(), process::nobody, [&] {
        c.start(a);
        c.start(e);
        apply_request r;
        r.groups.push_back({"orders", "", address_mode::automatic, {}});
        for (int k = 0; k < 5; k++) {
          job_spec s;
          s.group = "orders";
          s.name = "j" + std::to_string(k);
          s.schedule = every_schedule{500ms, std::nullopt};
          s.work = handler_work{"noop"};
          s.owner = "x";
          r.jobs.push_back(s);
        }
        r.who = "t";
        caf::anon_send(a.actors.operators, apply_atom_v, r);
      });
      w.in(6s, process::nobody, [&] { c.kill(e); });
      w.in(7s, process::nobody, [&] { c.start(e); });
      auto end = w.now() + 30s;
      w.run_until(end);
      (void)starts;
      if (seeds == 1) printf("steps %lu hash %lx\n", w.steps(), w.hash());
      if (j.found()) printf("seed %lu: %s: %s\n", seed, j.rule().c_str(), j.what().c_str());
    }
    w.clock().cancel_all();
    std::filesystem::remove_all(place.path() / "disks");
    if (sys.registry().running()) printf("seed %lu: %zu alive\n", seed, sys.registry().running());
    sys.await_actors_before_shutdown(false);
  }
  printf("%.1f ms per seed\n",
         std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count() / seeds);
}
