#pragma once
// The catalog actor of a test, on a catalog in memory, and who listens to its commits.

#include "actors/admin/catalog.hpp"
#include "protocol/errors.hpp"
#include "tests/actors_admin/operator_fake_catalog.hpp"
#include "tests/support/actor_test.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <memory>
#include <string>
#include <vector>

namespace xxl::admin::test {

using namespace std::chrono_literals;

struct listener_state {
  std::vector<job_id> jobs;
  int groups = 0;
  std::vector<trigger_id> killed;
};

inline change_listener_actor::behavior_type listen(change_listener_actor::pointer,
                                                   std::shared_ptr<listener_state> heard) {
  return {
      [heard](const jobs_changed& x) { heard->jobs.insert(heard->jobs.end(), x.jobs.begin(), x.jobs.end()); },
      [heard](const groups_changed&) { ++heard->groups; },
      [heard](const kills_marked& x) {
        for (auto& row : x.waiting) heard->killed.push_back(row.trigger);
      },
  };
}

inline job_spec job(std::string name, schedule_spec s = every_schedule{60s, {}}, std::string params = {}) {
  job_spec spec;
  spec.group = "orders";
  spec.name = std::move(name);
  spec.schedule = std::move(s);
  spec.work = handler_work{"h"};
  spec.params = std::move(params);
  return spec;
}

inline group_spec group(std::string name, std::string title = {}) {
  group_spec g;
  g.name = std::move(name);
  g.title = std::move(title);
  return g;
}

class CatalogTest : public xxl::test::ActorTest {
protected:
  std::shared_ptr<fake_catalog> db = std::make_shared<fake_catalog>();
  std::shared_ptr<listener_state> heard = std::make_shared<listener_state>();
  change_listener_actor listener = sys.spawn(listen, heard);
  metrics_ptr counters = std::make_shared<metrics>();
  clock_watch_ptr wall = std::make_shared<clock_watch>(clock);
  catalog_actor catalog = spawn_catalog(sys, {db, borrowed(clock), wall, listener, counters, false});

  ~CatalogTest() override {
    self->send_exit(catalog, caf::exit_reason::user_shutdown);
    self->send_exit(listener, caf::exit_reason::user_shutdown);
    catalog = nullptr;
    listener = nullptr;
    settle();
  }

  std::vector<std::string> apply(std::vector<group_spec> groups, std::vector<job_spec> jobs) {
    auto answer = ask<std::vector<apply_change>>(catalog, apply_atom_v,
                                                 apply_request{std::move(groups), std::move(jobs), "ann", "jobs/"});
    std::vector<std::string> said;
    if (!answer) return {to_string(code_of(answer.error())) + ": " + text_of(answer.error())};
    for (auto& c : *answer)
      said.push_back(c.kind + " " + c.group + (c.name.empty() ? "" : "/" + c.name) + " " + c.change +
                     (c.detail.empty() ? "" : ": " + c.detail));
    return said;
  }
  using lines = std::vector<std::string>;

  template <class R> static std::string error(const caf::expected<R>& x) {
    return x ? "no error" : to_string(code_of(x.error())) + ": " + text_of(x.error());
  }
  auto pause(const std::string& name, bool on = true) {
    return ask<pause_answer>(catalog, pause_atom_v, pause_request{{"orders", name}, on, "ann"});
  }
};

} // namespace xxl::admin::test
