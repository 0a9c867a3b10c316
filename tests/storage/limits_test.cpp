// The ends of the ranges, and two writers at once, on both databases.

#include "protocol/limits.hpp"
#include "protocol/utf8.hpp"
#include "tests/storage/conformance.hpp"

#include <atomic>
#include <limits>
#include <thread>

namespace xxl::storage {
namespace {

class limits_conformance : public conformance {};

const std::string four_bytes = "\xF0\x9F\x9A\x80 \xE4\xBD\xA0\xE5\xA5\xBD \"\\'{},NULL";
/// NUL, a byte that begins nothing, an overlong slash, a surrogate, U+110000, and characters cut short.
const std::vector<std::string> not_text{{"a\0b", 3},        "a\xFF",   "\xC0\xAF", "\xED\xA0\x80",
                                        "\xF4\x90\x80\x80", "\xE8\xAE"};

TEST_P(limits_conformance, NumbersKeepAllTheir64Bits) {
  constexpr auto most = std::numeric_limits<long long>::max();
  const auto job = make_job("a", from_ms(most - 1));
  EXPECT_EQ(read_job(job).next, from_ms(most - 1));
  auto a = fire_of(job, from_ms(most - 1), std::nullopt);
  a.gap = {from_ms(1), from_ms(most - 2), most, state_reason::misfire};
  a.fire.reset();
  claims->claim(epoch, {{a}, {}}, from_ms(most), run::first);
  const auto gaps = catalog->list_gaps(job, 1);
  EXPECT_EQ(gaps.at(0).fires, most);
  EXPECT_EQ(gaps.at(0).at, from_ms(most));
  EXPECT_EQ(read_job(job).last, from_ms(most - 2));

  const session_id random_63_bits{most};
  const auto b = make_job("b");
  claims->claim(epoch,
                {{fire_of(b, from_ms(5'000), from_ms(most))}, {trigger_of({9'007'199'254'740'993}, b, random_63_bits)}},
                from_ms(4'900), run::first);
  const auto rows = claims->open_rows(std::vector{random_63_bits}, {}, 10);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].trigger.value, 9'007'199'254'740'993);
  EXPECT_EQ(plan->due(from_ms(most), from_ms(0), {}, 10).size(), 0U);
}

TEST_P(limits_conformance, EveryUtf8TextComesBackAsItWasWritten) {
  for (const auto& text : {std::string{}, four_bytes, std::string(limits::message_bytes, 'x')}) {
    const auto name = "job" + std::to_string(text.size());
    const auto job =
        catalog->create_jobs(std::vector{new_job{"group", name, "{}", text, text, true, from_ms(5'000)}}, note).front();
    const trigger_id trigger{1'000 + static_cast<long long>(text.size())};
    catalog->insert_manual({"request " + text, job, 1, trigger, from_ms(5'000), text, text});
    claims->claim_waiting(epoch, std::vector{waiting_claim{trigger, session, 0}}, from_ms(5'000), run::first);
    EXPECT_EQ(claims->open_rows(std::vector{session}, {trigger.value - 1}, 1).at(0).params, text);
    auto end = end_of(trigger);
    end.message = text;
    complete_one(end);
    EXPECT_EQ(find_trigger(trigger)->message, text);
    EXPECT_EQ(find_trigger(trigger)->params, text);
  }
}

TEST_P(limits_conformance, NamesMayBeAnyText) {
  catalog->put_group({four_bytes, four_bytes, address_mode::fixed, {four_bytes, ""}}, note);
  catalog->create_jobs(std::vector{new_job{four_bytes, four_bytes, "{}", "", "", true, std::nullopt}}, note);
  EXPECT_TRUE(catalog->find_job(four_bytes, four_bytes));
  EXPECT_EQ(catalog->find_jobs(std::vector<job_ref>{{four_bytes, four_bytes}}).size(), 1U);
  EXPECT_EQ(catalog->groups().at(1).spec.addresses, (std::vector<std::string>{four_bytes, ""}));
}

TEST_P(limits_conformance, WhatIsNotTextIsRefusedEverywhere) {
  const auto job = make_job("a");
  claim_one(job, {101});
  const auto refused = std::optional{error_kind::refused};
  for (const auto& text : not_text) {
    auto end = end_of({101});
    end.message = text;
    EXPECT_EQ(kind_thrown([&] { complete_one(end); }), refused);
    EXPECT_EQ(find_trigger({101})->state, trigger_state::claimed);
    EXPECT_EQ(kind_thrown([&] { catalog->put_group({text, "", address_mode::automatic, {}}, note); }), refused);
    EXPECT_EQ(kind_thrown([&] { make_job(text); }), refused);
    EXPECT_EQ(kind_thrown([&] { catalog->find_job(text, "a"); }), refused);
    EXPECT_EQ(kind_thrown([&] { catalog->insert_manual({"r", job, 1, {301}, from_ms(5'000), text, "ann"}); }), refused);
    EXPECT_EQ(kind_thrown([&] { catalog->insert_manual({text, job, 1, {301}, from_ms(5'000), "", "ann"}); }), refused);
    session_open s;
    s.session = {901};
    s.group = catalog->groups().at(0).id;
    s.name = text;
    EXPECT_EQ(kind_thrown([&] { claims->open_session(epoch, s); }), refused);
    const auto edit = [&](const locked_job&) {
      job_edit e;
      e.spec = text;
      return e;
    };
    EXPECT_EQ(kind_thrown([&] { catalog->edit_job(job, edit, note); }), refused);
  }
}

TEST_P(limits_conformance, AMessageOfAnyBytesEndsItsTriggerOnceItIsCleaned) {
  const auto job = make_job("a");
  trigger_id trigger{101};
  instant fire = from_ms(5'000);
  for (const auto& text : not_text) {
    claim_one(job, trigger, fire, fire + std::chrono::seconds{1});
    auto end = end_of(trigger);
    end.message = clean_text(text, limits::message_bytes);
    EXPECT_EQ(complete_one(end).moved, std::vector{trigger});
    EXPECT_EQ(find_trigger(trigger)->message, end.message);
    ++trigger.value;
    fire += std::chrono::seconds{1};
  }
}

/// Both claim the same fires of 200 jobs, 5 times over: every fire once.
TEST_P(limits_conformance, TwoWritersClaimEveryFireOnce) {
  constexpr int jobs = 200, rounds = 5;
  std::vector<new_job> made;
  for (int i = 0; i < jobs; ++i)
    made.push_back({"group", "job" + std::to_string(i), "{}", "", "", true, from_ms(5'000)});
  const auto ids = catalog->create_jobs(made, note);
  std::atomic<int> claimed = 0;
  const auto claim_all = [&](storage::ledger& ledger, long long first_id) {
    for (int round = 0; round < rounds; ++round) {
      claim_batch batch;
      for (const auto job : ids) {
        const auto fire = from_ms(5'000 + 1'000 * round);
        batch.jobs.push_back(fire_of(job, fire, fire + std::chrono::seconds{1}));
        batch.triggers.push_back(trigger_of({first_id++}, job));
      }
      claimed += static_cast<int>(ledger.claim(epoch, batch, from_ms(4'900), run::first).claimed.size());
    }
  };
  const auto second = another_ledger();
  std::thread other{[&] { claim_all(*second, 1'000'000); }};
  claim_all(*claims, 1);
  other.join();
  EXPECT_EQ(claimed, jobs * rounds);
  EXPECT_EQ(number("SELECT count(*) FROM trigger_open"), jobs * rounds);
  EXPECT_EQ(number("SELECT sum(fires) FROM job_fire"), jobs * rounds);
}

XXL_ON_BOTH_DATABASES(limits_conformance);

} // namespace
} // namespace xxl::storage
