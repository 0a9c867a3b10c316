#include "actors/executor/callback_spool.hpp"
#include "actors/executor/executor_node.hpp"
#include "tests/actors_executor/fakes.hpp"
#include "tests/support/actor_test.hpp"

#include <gmock/gmock.h>

#include <signal.h>
#include <sys/resource.h>

namespace xxl::executor {
namespace {

using namespace std::chrono_literals;
using test::make_outcome;
using test::our_session;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

struct told_node {
  std::vector<std::int64_t> spooled;
  std::vector<session_id> noted;
  std::vector<bool> writable;
};

/// A node of which only what the spool says matters here.
executor_node_actor::behavior_type fake_node(executor_node_actor::stateful_pointer<test::fake_state>,
                                             std::shared_ptr<told_node> told) {
  return {
      [](node_peers&) {},
      [](const lead_told&) {},
      [](orders_came&) {},
      [](ack_came) {},
      [](const settled_came&) {},
      [](const kill_came&) {},
      [](orders_taken) {},
      [](const runs_given_back&) {},
      [](open_report&) {},
      [=](results_spooled& done) {
        for (auto& x : done.what.outcomes) told->spooled.push_back(x.trigger.value);
      },
      [=](spool_health health) { told->writable.push_back(health.writable); },
      [=](session_noted which) { told->noted.push_back(which.session); },
      [](dial_tick) {},
      [](beat_tick) {},
      [](callback_tick) {},
      [](lease_tick) {},
      [](forget_tick) {},
      [](script_atom, job_id, spec_version, std::uint64_t) { return script_source{}; },
      [](drain_request) { return true; },
  };
}

/// A full disk for this process, while it lives.
class full_disk {
public:
  explicit full_disk(std::size_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit tight{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &tight);
  }
  ~full_disk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

private:
  rlimit before_{};
};

class CallbackSpoolTest : public xxl::test::ActorTest {
protected:
  CallbackSpoolTest() {
    node = sys.spawn(fake_node, told);
    actor = spawn_callback_spool(sys, {store, journal, node, counters}, placement::pooled);
  }
  ~CallbackSpoolTest() override {
    self->send_exit(node, caf::exit_reason::kill);
    self->send_exit(actor, caf::exit_reason::kill);
  }
  void send(std::int64_t trigger) {
    self->send(actor, results{our_session, {make_outcome(trigger)}});
    settle();
  }

  test::temporary_directory dir;
  std::shared_ptr<spool> store = std::make_shared<spool>(dir.path() / "spool");
  std::shared_ptr<start_journal> journal = std::make_shared<start_journal>(dir.path() / "spool", "boot");
  std::shared_ptr<told_node> told = std::make_shared<told_node>();
  metrics_ptr counters = std::make_shared<metrics>();
  executor_node_actor node;
  callback_spool_actor actor;
};

TEST_F(CallbackSpoolTest, ResultsAreInTheSpoolBeforeTheNodeHearsOfThem) {
  send(1);
  EXPECT_THAT(told->spooled, ElementsAre(1));
  EXPECT_EQ(store->pending(), 1u);
  EXPECT_EQ(counters->snapshot()["spool.pending"], 1);
  self->send(actor, results_committed{our_session, {{1}}});
  settle();
  EXPECT_EQ(counters->snapshot()["spool.pending"], 0);
}

TEST_F(CallbackSpoolTest, WhileTheDiskRefusesResultsWaitInOrderAndTheNodeKnows) {
  {
    full_disk full{0};
    send(1);
    send(2);
    advance(10s);
    EXPECT_THAT(told->spooled, IsEmpty());
    EXPECT_THAT(told->writable, ElementsAre(false));
    EXPECT_EQ(counters->snapshot()["spool.unwritten_batches"], 2);
    EXPECT_GE(counters->snapshot()["spool.write_failures"], 3);
  }
  send(3);
  EXPECT_THAT(told->spooled, IsEmpty()) << "the order is kept: the earlier ones are written first";
  advance(5s);
  EXPECT_THAT(told->spooled, ElementsAre(1, 2, 3));
  EXPECT_THAT(told->writable, ElementsAre(false, true));
}

TEST_F(CallbackSpoolTest, ANewSessionIsKnownToTheNextLifeBeforeALeaderHearsOfIt) {
  self->send(actor, session_began{{4242}});
  settle();
  EXPECT_THAT(told->noted, ElementsAre(session_id{4242}));
  start_journal next{dir.path() / "spool", "boot"};
  EXPECT_THAT(next.before(), ElementsAre(Pair(session_id{4242}, IsEmpty())));
}

TEST_F(CallbackSpoolTest, ASessionWhoseJournalCannotBeWrittenWaits) {
  {
    full_disk full{0};
    self->send(actor, session_began{{4242}});
    settle();
    advance(10s);
    EXPECT_THAT(told->noted, IsEmpty());
  }
  advance(5s);
  EXPECT_THAT(told->noted, ElementsAre(session_id{4242}));
}

} // namespace
} // namespace xxl::executor
