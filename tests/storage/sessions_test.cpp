// Executor sessions and what the reconciler reads of them (storage.md §4g), on both databases.

#include "tests/storage/conformance.hpp"

namespace xxl::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class sessions_conformance : public conformance {
protected:
  session_opened open(session_id id, const std::string& name = "host-1", instant now = from_ms(60'000)) {
    return open_under(epoch, id, name, now);
  }
  session_opened open_under(epoch_id under, session_id id, const std::string& name, instant now,
                            std::vector<session_id> lives = {}) {
    session_open s;
    s.session = id;
    s.lives = std::move(lives);
    s.group = catalog->groups().at(0).id;
    s.name = name;
    s.address = "host:42";
    s.version = "1.0";
    s.now = now;
    s.lease_until = now + std::chrono::seconds{10};
    return claims->open_session(under, s);
  }
  session_opened restart(session_id id, std::vector<session_id> lives, instant now = from_ms(60'000)) {
    return open_under(epoch, id, "host-1", now, std::move(lives));
  }
  sessions_answer end(session_id id, instant now) {
    return claims->end_sessions(epoch, std::vector{id}, now, session_end::stopped);
  }
};

TEST_P(sessions_conformance, AHelloOpensASessionAndRepeatedChangesNothing) {
  const auto first = open({901});
  EXPECT_TRUE(first.fenced);
  EXPECT_TRUE(first.opened);
  EXPECT_THAT(first.ended, IsEmpty());
  const auto again = open({901});
  EXPECT_TRUE(again.fenced);
  EXPECT_FALSE(again.opened);
  EXPECT_FALSE(again.gone);
}

TEST_P(sessions_conformance, ANewLifeEndsTheOldOne) {
  open({901});
  const auto next = restart({902}, {{901}});
  EXPECT_TRUE(next.opened);
  EXPECT_THAT(next.ended, ElementsAre(session_id{901}));
}

TEST_P(sessions_conformance, ALiveNameIsKeptByWhoHasIt) {
  open({901});
  const auto stranger = open({902});
  EXPECT_FALSE(stranger.opened);
  EXPECT_EQ(stranger.holder, session_id{901});
  EXPECT_THAT(stranger.ended, IsEmpty());
  const auto mistaken = restart({902}, {{900}});
  EXPECT_EQ(mistaken.holder, session_id{901}) << "only the life it names ends";
  claims->end_expired(epoch, from_ms(70'001));
  EXPECT_TRUE(open({902}).opened) << "its lease is over";
}

TEST_P(sessions_conformance, AnEndedSessionIsGoneAndEndsNobody) {
  open({901});
  restart({902}, {{901}});
  const auto late = restart({901}, {{902}});
  EXPECT_TRUE(late.gone);
  EXPECT_FALSE(late.opened);
  EXPECT_THAT(late.ended, IsEmpty());
  EXPECT_THAT(claims->lease_takeover(epoch, from_ms(90'000)).sessions, ElementsAre(session_id{902}));
}

TEST_P(sessions_conformance, AStaleEpochChangesNoSession) {
  open({901});
  const epoch_id stale{epoch.value - 1};
  EXPECT_FALSE(open_under(stale, {902}, "host-1", from_ms(60'000)).fenced);
  EXPECT_FALSE(claims->renew_sessions(stale, std::vector<session_id>{{901}}, from_ms(99'000)).fenced);
  EXPECT_FALSE(
      claims->end_sessions(stale, std::vector<session_id>{{901}}, from_ms(99'000), session_end::stopped).fenced);
  EXPECT_FALSE(claims->end_expired(stale, from_ms(99'000)).fenced);
  EXPECT_FALSE(claims->lease_takeover(stale, from_ms(99'000)).fenced);
  EXPECT_THAT(claims->end_expired(epoch, from_ms(70'001)).sessions, ElementsAre(session_id{901}))
      << "its lease was not renewed";
}

TEST_P(sessions_conformance, ALeaseIsRenewedAndNeverShortened) {
  open({901});
  const auto renewed = claims->renew_sessions(epoch, std::vector<session_id>{{901}, {999}}, from_ms(80'000));
  EXPECT_TRUE(renewed.fenced);
  EXPECT_THAT(renewed.sessions, ElementsAre(session_id{901}));
  claims->renew_sessions(epoch, std::vector<session_id>{{901}}, from_ms(75'000));
  EXPECT_THAT(claims->end_expired(epoch, from_ms(80'000)).sessions, IsEmpty());
  EXPECT_THAT(claims->end_expired(epoch, from_ms(80'001)).sessions, ElementsAre(session_id{901}));
  EXPECT_THAT(claims->renew_sessions(epoch, std::vector<session_id>{{901}}, from_ms(99'000)).sessions, IsEmpty());
}

TEST_P(sessions_conformance, AGoodbyeEndsALiveLease) {
  open({901});
  EXPECT_THAT(end({901}, from_ms(61'000)).sessions, ElementsAre(session_id{901}));
  EXPECT_THAT(end({901}, from_ms(61'000)).sessions, IsEmpty());
}

TEST_P(sessions_conformance, EverySessionWhoseLeaseRanOutEndsAndNoOther) {
  open({901}, "host-1");
  open({902}, "host-2", from_ms(65'000));
  open({903}, "host-3");
  end({903}, from_ms(61'000));
  const auto ended = claims->end_expired(epoch, from_ms(74'000));
  EXPECT_TRUE(ended.fenced);
  EXPECT_THAT(ended.sessions, ElementsAre(session_id{901}));
  EXPECT_THAT(claims->end_expired(epoch, from_ms(74'000)).sessions, IsEmpty());
}

TEST_P(sessions_conformance, ATakeoverRenewsEveryLiveSession) {
  open({901}, "host-1");
  open({902}, "host-2");
  open({903}, "host-3");
  end({903}, from_ms(61'000));
  EXPECT_THAT(claims->lease_takeover(epoch, from_ms(90'000)).sessions, ElementsAre(session_id{901}, session_id{902}));
  EXPECT_THAT(claims->end_expired(epoch, from_ms(89'000)).sessions, IsEmpty());
}

TEST_P(sessions_conformance, ASessionOfAnUnknownGroupIsRefused) {
  session_open s;
  s.session = {901};
  s.group = {999};
  s.name = "host-1";
  EXPECT_EQ(kind_thrown([&] { claims->open_session(epoch, s); }), error_kind::refused);
}

TEST_P(sessions_conformance, OpenRowsOfSessionsComeInPages) {
  for (long long i = 1; i <= 3; ++i) claim_one(make_job("job" + std::to_string(i)), {100 + i});
  make_waiting(make_job("waits"), {104}, from_ms(5'000));
  const std::vector<session_id> sessions{session, {8}};
  const auto first = claims->open_rows(sessions, {}, 2);
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0].trigger, trigger_id{101});
  EXPECT_EQ(first[0].session, session);
  EXPECT_EQ(first[0].epoch, epoch);
  EXPECT_EQ(first[0].state, trigger_state::claimed);
  EXPECT_EQ(first[0].fire, from_ms(5'000));
  EXPECT_EQ(first[0].version, 1);
  EXPECT_EQ(first[0].attempt, 1);
  EXPECT_FALSE(first[0].kill);
  const auto second = claims->open_rows(sessions, first[1].trigger, 2);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].trigger, trigger_id{103});
}

TEST_P(sessions_conformance, EndedSessionsWithOpenRowsAreFound) {
  open(session);
  claim_one(make_job("a"), {101});
  EXPECT_THAT(claims->ended_with_open_rows(), IsEmpty());
  end(session, from_ms(61'000));
  EXPECT_THAT(claims->ended_with_open_rows(), ElementsAre(dead_session{session, session_end::stopped}));
  complete_one(end_of({101}));
  EXPECT_THAT(claims->ended_with_open_rows(), IsEmpty());
}

TEST_P(sessions_conformance, ExecutorsAreListedByTheirLiveLifeOrTheirLast) {
  open({901}, "host-1");
  restart({902}, {{901}}, from_ms(62'000));
  open({903}, "host-2");
  end({903}, from_ms(63'000));
  const auto rows = catalog->list_executors();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].session, session_id{902});
  EXPECT_EQ(rows[0].state, "live");
  EXPECT_EQ(rows[0].group, "group");
  EXPECT_EQ(rows[0].address, "host:42");
  EXPECT_EQ(rows[0].started, from_ms(62'000));
  EXPECT_EQ(rows[0].lease_until, from_ms(72'000));
  EXPECT_EQ(rows[1].name, "host-2");
  EXPECT_EQ(rows[1].state, "ended");
  EXPECT_EQ(catalog->groups().at(0).executors, 1U);
}

TEST_P(sessions_conformance, TheDatabaseHasAClock) {
  const auto a = claims->database_now(), b = completions->database_now();
  EXPECT_GT(a, from_ms(1'600'000'000'000));
  EXPECT_LE(b - a, std::chrono::seconds{10});
}

XXL_ON_BOTH_DATABASES(sessions_conformance);

} // namespace
} // namespace xxl::storage
