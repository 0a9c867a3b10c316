#include "actors/admin/node.hpp"
#include "protocol/errors.hpp"
#include "tests/actors_admin/scheduler_support.hpp"

#include <gmock/gmock.h>

namespace xxl::admin::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// A plan without a job, which can fail for good.
struct fake_plan final : storage::plan_reader {
  struct shared {
    bool broken = false;
    int passes = 0;
  };
  explicit fake_plan(std::shared_ptr<shared> s) : state{std::move(s)} {}
  std::shared_ptr<shared> state;

  void connect() override {
    if (state->broken) throw storage::error{storage::error_kind::fatal, "42P01", "relation job_fire does not exist"};
  }
  std::vector<storage::due_job> due(instant, instant, job_id, std::size_t) override {
    ++state->passes;
    return {};
  }
  std::vector<storage::waiting_row> waiting(instant, instant, trigger_id, std::size_t) override { return {}; }
  std::vector<storage::marked_row> marked(trigger_id, std::size_t) override { return {}; }
  std::vector<storage::stored_spec> specs(std::span<const storage::spec_key>) override { return {}; }
};

/// What a reign asks of a database where one writer does everything.
struct fake_store final : storage::store {
  std::shared_ptr<fake_plan::shared> plan = std::make_shared<fake_plan::shared>();

  void migrate() override {}
  std::unique_ptr<storage::ledger> open_ledger(bool) override { return std::make_unique<fake_ledger>(); }
  std::unique_ptr<storage::plan_reader> open_plan_reader() override { return std::make_unique<fake_plan>(plan); }
  std::unique_ptr<storage::catalog> open_catalog() override { return nullptr; }
  std::unique_ptr<storage::leader_lock> open_leader_lock() override { return std::make_unique<fake_lock>(); }
  bool one_writer() const noexcept override { return true; }
  std::string describe() const override { return "memory"; }
};

class NodeTest : public SchedulerTest {
protected:
  std::shared_ptr<fake_store> store = std::make_shared<fake_store>();
  std::vector<epoch_id> takeovers;
  bool database_answers = true;
  std::vector<reign_begins> reigns;
  std::vector<epoch_id> over;
  std::vector<groups_changed> group_hints;
  std::vector<std::string> fatal;
  std::vector<complete_work> completed;

  ledger_actor ledger = play<ledger_actor>(
      [this](lead_atom, epoch_id e) -> caf::result<std::vector<session_id>> {
        takeovers.push_back(e);
        if (!database_answers) return make_error(errc::unavailable, "the database does not answer");
        return std::vector<session_id>{};
      },
      [](const reconcile_request&) { return reconcile_report{}; }, [](const claim_work&) {}, keep(completed));
  registry_actor registry = play<registry_actor>(
      keep(reigns), [this](lead_atom, epoch_id e) { over.push_back(e); }, keep(group_hints));
  spec_source_actor specs = play<spec_source_actor>([](const specs_request&) { return std::vector<armed_job_ptr>{}; });
  supervisor_actor node = start();

  supervisor_actor start() {
    auto actor = watch_over(spawn_node(sys, {leads, [this](const std::string& why) { fatal.push_back(why); }}));
    reign_config reign;
    reign.leads = leads;
    reign.time = borrowed(clock);
    reign.stats = stats;
    reign.store = store;
    reign.cache = std::make_shared<armed_cache>(*stats);
    reign.completions = ledger;
    reign.registry = registry;
    reign.specs = specs;
    reign.listener = actor;
    reign.detached = false;
    self->send(actor, reign_recipe{std::move(reign)});
    settle();
    return actor;
  }
  void TearDown() override {
    end(node); // its reign ends in order
    SchedulerTest::TearDown();
  }
  template <class T> void tell(T message) {
    self->send(node, std::move(message));
    settle();
  }
  void elect(epoch_id e) {
    leads->begin(e, clock.boot() + 24h);
    tell(elected{e});
  }
  bool ended(const reign_actor& reign) {
    self->monitor(reign);
    return next<caf::down_msg>().has_value();
  }
};

TEST_F(NodeTest, AnElectionBeginsAReignWithItsTakeover) {
  elect(epoch);
  EXPECT_THAT(takeovers, ElementsAre(epoch));
  ASSERT_THAT(reigns, SizeIs(1));
  EXPECT_EQ(reigns[0].epoch, epoch);
  EXPECT_EQ(reigns[0].ledger, ledger) << "one writer: claims go where completions go";
  advance(1s);
  EXPECT_GE(store->plan->passes, 2);
}

TEST_F(NodeTest, NobodyHearsOfAReignBeforeItsTakeover) {
  database_answers = false;
  elect(epoch);
  advance(1s);
  EXPECT_THAT(reigns, IsEmpty());
  database_answers = true;
  advance(100ms);
  EXPECT_THAT(reigns, SizeIs(1));
}

TEST_F(NodeTest, ATakeoverIsNotTriedInAFrenzy) {
  database_answers = false;
  elect(epoch);
  advance(1s);
  EXPECT_THAT(takeovers, SizeIs(11));
}

TEST_F(NodeTest, ATakeoverEndsWithItsTrust) {
  database_answers = false;
  elect(epoch);
  leads->resign(epoch);
  advance(10s);
  EXPECT_THAT(takeovers, SizeIs(2));
  EXPECT_THAT(over, ElementsAre(epoch));
}

TEST_F(NodeTest, ADeposedLeaderEndsItsReign) {
  elect(epoch);
  tell(deposed{epoch, "the heartbeat was not answered"});
  EXPECT_THAT(over, ElementsAre(epoch));
  EXPECT_TRUE(ended(reigns.at(0).reign));
  EXPECT_THAT(fatal, IsEmpty());
}

TEST_F(NodeTest, ADyingActorEndsTheReignAndTheNextOneHasANewEpoch) {
  elect(epoch);
  store->plan->broken = true;
  advance(1s);
  EXPECT_TRUE(ended(reigns.at(0).reign));
  EXPECT_FALSE(leads->holds(epoch)) << "the election must begin anew";
  EXPECT_THAT(over, ElementsAre(epoch));
  EXPECT_THAT(fatal, IsEmpty()) << "the reign is over, not the node";
  store->plan->broken = false;
  elect(later_epoch);
  ASSERT_THAT(reigns, SizeIs(2));
  EXPECT_EQ(reigns[1].epoch, later_epoch);
  EXPECT_TRUE(leads->holds(later_epoch));
}

TEST_F(NodeTest, TheNextElectionEndsAReignThatIsStillThere) {
  elect(epoch);
  elect(later_epoch);
  EXPECT_TRUE(ended(reigns.at(0).reign));
  EXPECT_TRUE(leads->holds(later_epoch));
}

TEST_F(NodeTest, ACommitIsReadAtOnce) {
  elect(epoch);
  advance(100ms);
  auto before = store->plan->passes;
  tell(jobs_changed{{job_id{1}}});
  advance(1ms);
  EXPECT_EQ(store->plan->passes, before + 1);
}

TEST_F(NodeTest, AChangedGroupIsToldToTheRegistry) {
  tell(groups_changed{});
  EXPECT_THAT(group_hints, SizeIs(1));
}

TEST_F(NodeTest, WhatWasKilledWhileItWaitedEndsHereWhoeverLeads) {
  tell(kills_marked{{{{7}, clock.now()}, {{8}, clock.now()}}});
  ASSERT_THAT(completed, SizeIs(1));
  EXPECT_FALSE(completed[0].epoch) << "any admin may";
  ASSERT_THAT(completed[0].rows, SizeIs(2));
  EXPECT_EQ(completed[0].rows[0].trigger, trigger_id{7});
  EXPECT_EQ(completed[0].rows[0].state, trigger_state::killed);
  EXPECT_FALSE(completed[0].rows[0].session);
  EXPECT_THAT(completed[0].fires, SizeIs(2));
}

TEST_F(NodeTest, AnActorThatMustNotDieStopsTheNode) {
  auto child = sys.spawn([](caf::event_based_actor*) -> caf::behavior { return {[](caf::tick_atom) {}}; });
  tell(watch{child, "completion"});
  self->send_exit(child, make_error(errc::internal, "a defect"));
  settle();
  EXPECT_THAT(fatal, ElementsAre("completion ended: a defect"));
}

TEST_F(NodeTest, AnEndOfTheNodeEndsItsReign) {
  elect(epoch);
  end(node);
  EXPECT_TRUE(ended(reigns.at(0).reign));
  EXPECT_THAT(fatal, IsEmpty());
}

} // namespace
} // namespace xxl::admin::test
