#pragma once
// A link between an executor and an admin of a test: what it says to both sides is kept.

#include "actors/admin/executor_link.hpp"
#include "protocol/errors.hpp"
#include "tests/actors_admin/scheduler_support.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace xxl::admin::test {

inline constexpr session_id ann{11};
inline constexpr group_id group{1};

class LinkTest : public SchedulerTest {
protected:
  // The executor's side.
  std::vector<epoch_id> leads_told;
  std::vector<order_batch> batches;
  std::vector<std::uint64_t> acks;
  std::vector<session_id> settled;
  std::vector<kill_batch> kills;
  // The admin's side.
  std::vector<link_beat> beats;
  std::vector<session_over> overs;
  std::vector<link_callbacks> callbacks;
  std::vector<report_work> reports;
  std::vector<hand_back_work> back;
  std::vector<end_session_request> ends;
  std::vector<open_session_request> openings;
  std::vector<candidate> joined;
  std::vector<candidate_left> gone;
  std::vector<orders_left> left;
  std::vector<session_id> stopped;
  std::vector<life_ended> lives;
  std::vector<complete_work> verdicts;
  std::vector<storage::open_row> open; ///< what open_rows answers
  std::vector<armed_job_ptr> specs;
  std::vector<std::string> steps; ///< of a takeover, in their order
  storage::session_opened opening{true, {}, true, false, {}};
  bool database_answers = true;
  caf::error registry_says;

  executor_actor executor = play<executor_actor>(
      [this](lead_atom, epoch_id e) {
        leads_told.push_back(e);
        steps.emplace_back("lead");
      },
      [this](run_atom, order_batch& b) { batches.push_back(std::move(b)); },
      [this](ack_atom, std::uint64_t number) { acks.push_back(number); },
      [this](settled_atom, session_id life) { settled.push_back(life); },
      [this](kill_atom, kill_batch& b) { kills.push_back(std::move(b)); },
      [](log_atom, const log_query& q) {
        return log_chunk{q.from_line, {"a line"}, true, true};
      });
  registry_actor registry = play<registry_actor>(
      [this](link_hello&) -> caf::result<link_accepted> {
        if (registry_says) return registry_says;
        return link_accepted{group};
      },
      keep(beats), keep(overs));
  completion_actor completion = play<completion_actor>(keep(callbacks));
  ledger_actor ledger = play<ledger_actor>(
      keep(reports), keep(back), keep(ends), keep(verdicts),
      [this](open_session_request& r) -> caf::result<storage::session_opened> {
        openings.push_back(std::move(r));
        steps.emplace_back("open");
        if (!database_answers) return make_error(errc::unavailable, "the database does not answer");
        return opening;
      },
      [this](open_rows_request) {
        steps.emplace_back("open rows");
        return open;
      });
  spec_source_actor source = play<spec_source_actor>([this](const specs_request&) { return specs; });
  reign_actor reign = play<reign_actor>(
      [this](candidate& c) {
        joined.push_back(std::move(c));
        steps.emplace_back("candidate");
      },
      [this](stop_routing x) {
        stopped.push_back(x.session);
        steps.emplace_back("stop routing");
        return true;
      },
      keep(gone), keep(left), keep(lives));
  link_actor link = start();

  link_actor start() {
    executor_link_config settings;
    settings.admin = "admin-1";
    settings.executor = executor;
    settings.registry = registry;
    settings.completion = completion;
    settings.reports = ledger;
    settings.specs = source;
    settings.leads = leads;
    settings.time = borrowed(clock);
    settings.stats = stats;
    return watch_over(spawn_executor_link(sys, std::move(settings)));
  }
  static executor_hello hello() {
    executor_hello h;
    h.session = ann;
    h.group = "orders";
    h.name = "ann";
    h.address = "host-1:4711";
    h.version = "0.1.0";
    h.labels = {{"zone", "a"}};
    h.boot = "boot-1";
    return h;
  }
  template <class... Ts> void tell(Ts... xs) {
    self->send(link, std::move(xs)...);
    settle();
  }
  void enlist() { ASSERT_TRUE(ask<executor_welcome>(link, register_atom_v, hello())); }
  void begin(epoch_id e = epoch) { tell(reign_begins{e, ledger, reign}); }
  void holds(std::vector<trigger_id> held, bool last = true, epoch_id e = epoch) {
    tell(holds_atom_v, inventory_piece{ann, e, std::move(held), last});
  }
  /// The whole way to a candidate with that much credit.
  void ready(std::uint32_t credit = 100) {
    enlist();
    begin();
    holds({});
    if (credit > 0) tell(credit_atom_v, credit);
    ASSERT_THAT(joined, ::testing::SizeIs(1));
  }
  void claimed(std::vector<order> orders, epoch_id e = epoch) {
    ASSERT_TRUE(ask<std::uint64_t>(link, claimed_orders{e, std::move(orders)}));
  }
  static outcome ended(std::int64_t trigger) {
    outcome o;
    o.trigger = {trigger};
    o.job = {1};
    o.version = 1;
    return o;
  }
  kills_told marked(std::vector<std::int64_t> triggers, epoch_id e = epoch) {
    kills_told kills_of;
    kills_of.epoch = e;
    for (auto id : triggers) kills_of.rows.push_back({{id}, {1}, 1, clock.now(), 1, ann});
    return kills_of;
  }
  storage::open_row row(std::int64_t trigger, std::int64_t job = 1) {
    storage::open_row r;
    r.trigger = {trigger};
    r.job = {job};
    r.version = 1;
    r.fire = clock.now() - 1s;
    r.session = ann;
    return r;
  }
  std::vector<std::vector<std::int64_t>> sent() const {
    std::vector<std::vector<std::int64_t>> all;
    for (auto& b : batches) all.push_back(ids_of(b.orders));
    return all;
  }
  std::vector<std::int64_t> handed_back() const {
    std::vector<std::int64_t> ids;
    for (auto& work : back)
      for (auto& r : work.rows) ids.push_back(r.trigger.value);
    return ids;
  }
  template <class R> static errc code(const caf::expected<R>& answer) {
    return answer ? errc::none : code_of(answer.error());
  }
  bool link_lives() {
    self->monitor(link);
    auto down = next<caf::down_msg>();
    if (!down) self->demonitor(link.address());
    return !down;
  }
};

} // namespace xxl::admin::test
