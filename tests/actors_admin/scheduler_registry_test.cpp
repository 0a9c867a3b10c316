#include "actors/admin/executor_registry.hpp"
#include "protocol/errors.hpp"
#include "tests/actors_admin/scheduler_support.hpp"

#include <gmock/gmock.h>

namespace xxl::admin::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr session_id ann{11}, bob{12};

class RegistryTest : public SchedulerTest {
protected:
  /// What one link was told.
  struct told {
    std::vector<reign_begins> reigns;
    std::vector<session_over> overs;
  };
  std::vector<group_view> groups{group("orders")};
  int group_reads = 0;
  bool database_answers = true;
  told of_ann, of_ann_again, of_bob;
  std::vector<renew_request> renewals;
  catalog_actor catalog = play<catalog_actor>([this](groups_atom) -> caf::result<std::vector<group_view>> {
    ++group_reads;
    if (!database_answers) return make_error(errc::unavailable, "database: gone");
    return groups;
  });
  ledger_actor ledger = play<ledger_actor>(keep(renewals));
  reign_actor reign = play<reign_actor>([](const candidate&) {});
  registry_actor registry = watch_over(spawn_executor_registry(sys, {catalog, stats, borrowed(clock)}));

  static group_view group(const char* name, address_mode mode = address_mode::automatic) {
    group_view g;
    g.spec.name = name;
    g.spec.mode = mode;
    g.id = {1};
    return g;
  }
  static executor_hello hello(session_id session, const char* name = "ann", const char* group = "orders") {
    executor_hello h;
    h.session = session;
    h.name = name;
    h.group = group;
    return h;
  }
  link_actor make_link(told& t) {
    return play<link_actor>(keep(t.reigns), keep(t.overs), [](const link_log_query& q) {
      return log_chunk{q.query.from_line, {"a line"}, true, true};
    });
  }
  caf::expected<link_accepted> enlist(const executor_hello& h, link_actor link) {
    return ask<link_accepted>(registry, link_hello{h, std::move(link)});
  }
  template <class... Ts> void tell(Ts... xs) {
    self->send(registry, std::move(xs)...);
    settle();
  }
  void begin(epoch_id e = epoch) { tell(reign_begins{e, ledger, reign}); }
  std::vector<session_id> connected() { return *ask<std::vector<session_id>>(registry, executors_atom_v); }
};

TEST_F(RegistryTest, AnExecutorOfAKnownGroupIsAccepted) {
  auto accepted = enlist(hello(ann), make_link(of_ann));
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->group, group_id{1});
  EXPECT_THAT(connected(), ElementsAre(ann));
  EXPECT_EQ(stat("registry.connected"), 1);
}

TEST_F(RegistryTest, AGroupCreatedElsewhereIsFoundByReadingAnew) {
  enlist(hello(ann), make_link(of_ann));
  groups.push_back(group("billing"));
  EXPECT_TRUE(enlist(hello(bob, "bob", "billing"), make_link(of_bob)));
  EXPECT_EQ(group_reads, 2);
}

TEST_F(RegistryTest, AnUnknownGroupIsRefusedWithWhatToDo) {
  auto answer = enlist(hello(ann, "ann", "billing"), make_link(of_ann));
  ASSERT_FALSE(answer);
  EXPECT_EQ(code_of(answer.error()), errc::not_found);
  EXPECT_EQ(text_of(answer.error()), "group billing does not exist: apply a file that defines it");
}

TEST_F(RegistryTest, GroupsThatCannotBeReadAreNotUnknown) {
  database_answers = false;
  auto answer = enlist(hello(ann), make_link(of_ann));
  ASSERT_FALSE(answer);
  EXPECT_EQ(code_of(answer.error()), errc::unavailable);
}

TEST_F(RegistryTest, AFixedGroupAcceptsItsAddressesOnly) {
  groups[0].spec.mode = address_mode::fixed;
  groups[0].spec.addresses = {"bob"};
  auto answer = enlist(hello(ann), make_link(of_ann));
  ASSERT_FALSE(answer);
  EXPECT_EQ(text_of(answer.error()), "executor ann is not among the fixed addresses of group orders");
  EXPECT_TRUE(enlist(hello(bob, "bob"), make_link(of_bob)));
}

TEST_F(RegistryTest, AnEditedGroupIsReadAgain) {
  enlist(hello(ann), make_link(of_ann));
  groups[0].spec.mode = address_mode::fixed;
  tell(groups_changed{});
  EXPECT_FALSE(enlist(hello(bob, "bob"), make_link(of_bob)));
}

TEST_F(RegistryTest, EveryLinkHearsOfAReign) {
  enlist(hello(ann), make_link(of_ann));
  begin();
  enlist(hello(bob, "bob"), make_link(of_bob));
  ASSERT_THAT(of_ann.reigns, SizeIs(1));
  ASSERT_THAT(of_bob.reigns, SizeIs(1)) << "it came later";
  EXPECT_EQ(of_bob.reigns[0].epoch, epoch);
}

TEST_F(RegistryTest, AReignThatIsOverIsToldToNobody) {
  begin();
  tell(lead_atom_v, epoch_id{100}); // an older one's end
  enlist(hello(ann), make_link(of_ann));
  EXPECT_THAT(of_ann.reigns, SizeIs(1));
  tell(lead_atom_v, epoch);
  enlist(hello(bob, "bob"), make_link(of_bob));
  EXPECT_THAT(of_bob.reigns, IsEmpty());
}

TEST_F(RegistryTest, ANewerConnectionEndsTheOlderOneOfItsSession) {
  auto older = make_link(of_ann);
  enlist(hello(ann), older);
  self->monitor(older);
  auto newer = make_link(of_ann_again);
  enlist(hello(ann), newer);
  EXPECT_TRUE(next<caf::down_msg>());
  EXPECT_THAT(connected(), ElementsAre(ann));
  tell(session_over{ann});
  EXPECT_THAT(of_ann.overs, IsEmpty());
  EXPECT_THAT(of_ann_again.overs, SizeIs(1));
}

TEST_F(RegistryTest, ANewerConnectionHearsOfTheReignOnlyWhenTheOlderOneIsGone) {
  auto stays = sys.spawn([](caf::event_based_actor* a) -> caf::behavior {
    a->set_exit_handler([a](caf::exit_msg& em) { // in the middle of its last work, until it is told "go"
      if (em.reason == caf::exit_reason::kill) a->quit(std::move(em.reason));
    });
    return {[](const reign_begins&) {}, [a](caf::tick_atom) { a->quit(); }};
  });
  watch_over(stays);
  begin();
  enlist(hello(ann), caf::actor_cast<link_actor>(stays));
  enlist(hello(ann), make_link(of_ann_again));
  EXPECT_THAT(of_ann_again.reigns, IsEmpty()) << "what the older one hands back would be found open and sent";
  begin(later_epoch);
  EXPECT_THAT(of_ann_again.reigns, IsEmpty());
  self->send(stays, caf::tick_atom_v);
  settle();
  ASSERT_THAT(of_ann_again.reigns, SizeIs(1));
  EXPECT_EQ(of_ann_again.reigns[0].epoch, later_epoch);
}

TEST_F(RegistryTest, ALinkThatIsGoneIsForgotten) {
  auto link = make_link(of_ann);
  enlist(hello(ann), link);
  end(link);
  EXPECT_THAT(connected(), IsEmpty());
  EXPECT_EQ(stat("registry.connected"), 0);
}

TEST_F(RegistryTest, LeasesAreRenewedInOneBatchASecond) {
  begin();
  for (int i = 0; i < 3; ++i) {
    tell(link_beat{ann});
    tell(link_beat{bob});
  }
  advance(1s);
  ASSERT_THAT(renewals, SizeIs(1));
  EXPECT_EQ(renewals[0].epoch, epoch);
  EXPECT_THAT(renewals[0].sessions, UnorderedElementsAre(ann, bob));
  advance(1s);
  EXPECT_THAT(renewals, SizeIs(1)) << "nobody has beaten since";
}

TEST_F(RegistryTest, BeatsOfAReignThatIsOverRenewNothing) {
  begin();
  tell(link_beat{ann});
  tell(lead_atom_v, epoch);
  advance(1s);
  begin(later_epoch);
  advance(1s);
  EXPECT_THAT(renewals, IsEmpty());
}

TEST_F(RegistryTest, TheLogOfASessionElsewhereIsRefusedWithWhere) {
  auto answer = ask<log_chunk>(registry, log_atom_v, ann, log_query{{5}, {}, 1, 10});
  ASSERT_FALSE(answer);
  EXPECT_EQ(code_of(answer.error()), errc::unavailable);
  EXPECT_EQ(text_of(answer.error()),
            "the executor of trigger 5 (session 11) is not connected to this admin; its log is on that machine");
}

TEST_F(RegistryTest, TheLogOfASessionHereComesFromItsLink) {
  enlist(hello(ann), make_link(of_ann));
  auto chunk = ask<log_chunk>(registry, log_atom_v, ann, log_query{{5}, {}, 1, 10});
  ASSERT_TRUE(chunk);
  EXPECT_THAT(chunk->lines, ElementsAre("a line"));
}

} // namespace
} // namespace xxl::admin::test
