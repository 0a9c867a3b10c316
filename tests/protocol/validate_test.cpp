// The edge: what is refused, and in which words. Each case changes one thing of a valid sample.

#include "protocol/limits.hpp"
#include "protocol/validate.hpp"
#include "protocol/wire_size.hpp"
#include "tests/protocol/samples.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <limits>

namespace xxl {
namespace {

using test::sample;

const std::string nul{"a\0b", 3};
constexpr auto bad_number = 77;
constexpr std::int64_t past_2_53 = std::int64_t{1} << 53;
constexpr auto largest = std::numeric_limits<std::int64_t>::max();

std::string of(std::size_t bytes) { return std::string(bytes, 'x'); }

/// The sample of T with one change: the problem found, or "" for none.
template <class T, class Change> std::string after(Change change) {
  auto x = sample<T>();
  change(x);
  return invalid(x).value_or("");
}

template <class T> class EverySample : public ::testing::Test {};
using checked = ::testing::Types<executor_hello, executor_welcome, order_batch, callback_batch, return_batch,
                                 progress_batch, inventory_piece, life_report, script_source, log_query, log_chunk,
                                 group_spec, job_spec, apply_request, job_query, trigger_query, trigger_request,
                                 pause_request, job_ref, kill_batch, kill_request, audit_query>;
TYPED_TEST_SUITE(EverySample, checked);
TYPED_TEST(EverySample, IsValid) { EXPECT_EQ(invalid(sample<TypeParam>()).value_or(""), ""); }

TEST(Hello, IsRefusedInWordsThatNameTheField) {
  using T = executor_hello;
  EXPECT_EQ(after<T>([](T& x) { x.session = {0}; }), "session 0 is out of range");
  EXPECT_EQ(after<T>([](T& x) { x.session = {-1}; }), "session -1 is out of range");
  EXPECT_EQ(after<T>([](T& x) { x.group = "Orders"; }), "group \"Orders\" is not a group name");
  EXPECT_EQ(after<T>([](T& x) { x.name = ""; }), "executor name is empty");
  EXPECT_EQ(after<T>([](T& x) { x.name = nul; }), "executor name is not text: byte 2 is NUL");
  EXPECT_EQ(after<T>([](T& x) { x.name = of(129); }), "executor name has 129 bytes, at most 128 are allowed");
  EXPECT_EQ(after<T>([](T& x) { x.address = of(257); }), "address has 257 bytes, at most 256 are allowed");
  EXPECT_EQ(after<T>([](T& x) { x.version = of(65); }), "version has 65 bytes, at most 64 are allowed");
  EXPECT_EQ(after<T>([](T& x) { x.boot = of(65); }), "boot id has 65 bytes, at most 64 are allowed");
  EXPECT_EQ(after<T>([](T& x) { x.highest_epoch = {-1}; }), "highest epoch is out of range");
  EXPECT_EQ(after<T>([](T& x) { x.labels = {{"", "v"}}; }), "label is empty");
  EXPECT_EQ(after<T>([](T& x) { x.labels = {{"zone", nul}}; }), "label zone is not text: byte 2 is NUL");
}

TEST(Kill, IsRefusedInWordsThatNameTheField) {
  EXPECT_EQ(after<kill_batch>([](kill_batch& x) { x.session = {0}; }), "session 0 is out of range");
  EXPECT_EQ(after<kill_batch>([](kill_batch& x) { x.orders[0].job = {0}; }),
            "kill of trigger 1001: job 0 is out of range");
  EXPECT_EQ(after<kill_batch>([](kill_batch& x) { x.orders[0].attempt = 0; }),
            "kill of trigger 1001: attempt is not above 0");
  EXPECT_EQ(after<kill_request>([](kill_request& x) { x.trigger = trigger_id{0}; }), "trigger 0 is out of range");
  EXPECT_EQ(after<kill_request>([](kill_request& x) { x.trigger.reset(), x.job.name = ""; }), "job is empty");
}

TEST(Hello, TakesLabelsUpToTheLimit) {
  auto with_labels = [](std::size_t n) {
    return after<executor_hello>([n](executor_hello& x) {
      x.labels.clear();
      for (std::size_t i = 0; i < n; ++i) x.labels["label" + std::to_string(i)] = of(limits::name_bytes);
    });
  };
  EXPECT_EQ(with_labels(limits::labels), "");
  EXPECT_EQ(with_labels(limits::labels + 1), "65 labels in one message, at most 64 are allowed");
}

TEST(Welcome, HasAnAdminAndTermsThatCanBeKept) {
  using T = executor_welcome;
  EXPECT_EQ(after<T>([](T& x) { x.admin = ""; }), "admin is empty");
  EXPECT_EQ(after<T>([](T& x) { x.admin = of(129); }), "admin has 129 bytes, at most 128 are allowed");
  EXPECT_EQ(after<T>([](T& x) { x.beat = 9ms; }), "a beat of 9 ms with a lease of 10000 ms is out of range");
  EXPECT_EQ(after<T>([](T& x) { x.lease = 2s; }), "a beat of 1000 ms with a lease of 2000 ms is out of range");
  EXPECT_EQ(after<T>([](T& x) { x.lease = 2h; }), "a beat of 1000 ms with a lease of 7200000 ms is out of range");
  EXPECT_EQ(after<T>([](T& x) { x.beat = 60s, x.lease = 1h; }), "");
}

/// One change of the first order of a batch.
template <class Change> std::string order_after(Change change) {
  return after<order_batch>([&](order_batch& x) { change(x.orders[0]); });
}

TEST(Orders, AreRefusedWithTheTriggerNamed) {
  EXPECT_EQ(order_after([](order& x) { x.trigger = {past_2_53}; }),
            "order of trigger 9007199254740992: trigger 9007199254740992 is out of range");
  EXPECT_EQ(order_after([](order& x) { x.job = {0}; }), "order of trigger 1001: job 0 is out of range");
  EXPECT_EQ(order_after([](order& x) { x.version = 0; }), "order of trigger 1001: version is not above 0");
  EXPECT_EQ(order_after([](order& x) { x.attempt = 0; }), "order of trigger 1001: attempt is not above 0");
  EXPECT_EQ(order_after([](order& x) { x.handed = -1; }), "order of trigger 1001: handed is below 0");
  EXPECT_EQ(order_after([](order& x) { x.fire = instant{-1ms}; }),
            "order of trigger 1001: fire time -1 ms is out of range");
  EXPECT_EQ(order_after([](order& x) { x.planned = instant{253'402'300'800'000ms}; }),
            "order of trigger 1001: planned time 253402300800000 ms is out of range");
  EXPECT_EQ(order_after([](order& x) { x.cause = trigger_cause{bad_number}; }),
            "order of trigger 1001: cause is unknown(77); known are schedule, misfire, manual, retry, parent, "
            "backfill, rerun");
  EXPECT_EQ(order_after([](order& x) { x.block = block_strategy{bad_number}; }),
            "order of trigger 1001: block is unknown(77); known are serial");
  EXPECT_EQ(order_after([](order& x) { x.work = handler_work{""}; }), "order of trigger 1001: handler is empty");
  EXPECT_EQ(order_after([](order& x) {
              x.work = script_work{script_language{bad_number}, ""};
            }),
            "order of trigger 1001: script language is unknown(77); known are shell, python");
  EXPECT_EQ(order_after([](order& x) { x.params = nul; }), "order of trigger 1001: params is not text: byte 2 is NUL");
  EXPECT_EQ(order_after([](order& x) { x.params = of(2'049); }),
            "order of trigger 1001: params has 2049 bytes, at most 2048 are allowed");
  EXPECT_EQ(order_after([](order& x) { x.timeout = -1ms; }), "order of trigger 1001: timeout -1 ms is out of range");
}

TEST(Orders, ShardsLieBelowTheirNumber) {
  auto shard = [](int n, int of_n) {
    return order_after(
        [&](order& x) { x.shard = static_cast<std::int16_t>(n), x.shards = static_cast<std::int16_t>(of_n); });
  };
  EXPECT_EQ(shard(-1, 0), "");
  EXPECT_EQ(shard(4, 5), "");
  for (auto [n, of_n] : {std::pair{5, 5}, {0, 0}, {-2, 5}, {-1, -1}})
    EXPECT_EQ(shard(n, of_n), "order of trigger 1001: shard is out of range");
}

TEST(Orders, TheLargestIdsAndTheLongestTextsAreTaken) {
  EXPECT_EQ(after<order_batch>([](order_batch& x) {
              x.epoch = {largest};
              x.session = {largest};
              x.orders[0].trigger = {past_2_53 - 1};
              x.orders[0].params = of(limits::params_bytes);
              x.orders[0].work = handler_work{of(limits::name_bytes)};
            }),
            "");
}

TEST(Batches, OfAThousandAreTakenAndOneMoreIsRefused) {
  auto orders = [](std::size_t n) {
    return after<order_batch>([n](order_batch& x) { x.orders.assign(n, sample<order>()); });
  };
  auto outcomes = [](std::size_t n) {
    return after<callback_batch>([n](callback_batch& x) { x.outcomes.assign(n, sample<outcome>()); });
  };
  auto returns = [](std::size_t n) {
    return after<return_batch>([n](return_batch& x) { x.orders.assign(n, sample<returned_order>()); });
  };
  auto reports = [](std::size_t n) {
    return after<progress_batch>([n](progress_batch& x) { x.triggers.assign(n, sample<progress>()); });
  };
  EXPECT_EQ(orders(1'000) + outcomes(1'000) + returns(1'000) + reports(1'000), "");
  EXPECT_EQ(orders(1'001), "1001 orders in one message, at most 1000 are allowed");
  EXPECT_EQ(outcomes(1'001), "1001 outcomes in one message, at most 1000 are allowed");
  EXPECT_EQ(returns(1'001), "1001 returns in one message, at most 1000 are allowed");
  EXPECT_EQ(reports(1'001), "1001 reports in one message, at most 1000 are allowed");
}

TEST(Batches, OfOrdersHaveALimitOfBytesToo) {
  auto full = sample<order>();
  full.params = of(limits::params_bytes);
  auto fit = limits::batch_bytes / wire_size(full);
  auto orders = [&](std::size_t n) { return after<order_batch>([&](order_batch& x) { x.orders.assign(n, full); }); };
  EXPECT_EQ(orders(fit), "");
  EXPECT_EQ(orders(fit + 1),
            std::to_string((fit + 1) * wire_size(full)) + " bytes in one message, at most 262144 are allowed");
}

TEST(Batches, OfOutcomesHaveALimitOfBytesToo) {
  auto full = sample<outcome>();
  full.message = of(limits::message_bytes);
  auto fit = limits::batch_bytes / wire_size(full);
  auto outcomes = [&](std::size_t n) {
    return after<callback_batch>([&](callback_batch& x) { x.outcomes.assign(n, full); });
  };
  EXPECT_EQ(outcomes(fit), "");
  EXPECT_EQ(outcomes(fit + 1),
            std::to_string((fit + 1) * wire_size(full)) + " bytes in one message, at most 262144 are allowed");
}

TEST(Batches, NeedASessionAndOrdersAnEpoch) {
  EXPECT_EQ(after<order_batch>([](order_batch& x) { x.epoch = {0}; }), "epoch 0 is out of range");
  EXPECT_EQ(after<order_batch>([](order_batch& x) { x.session = {0}; }), "session 0 is out of range");
  EXPECT_EQ(after<callback_batch>([](callback_batch& x) { x.session = {0}; }), "session 0 is out of range");
  EXPECT_EQ(after<return_batch>([](return_batch& x) { x.epoch = {0}; }), "epoch 0 is out of range");
  EXPECT_EQ(after<progress_batch>([](progress_batch& x) { x.session = {-5}; }), "session -5 is out of range");
  EXPECT_EQ(after<inventory_piece>([](inventory_piece& x) { x.epoch = {0}; }), "epoch 0 is out of range");
}

TEST(Outcomes, MustBeFinalAndKnown) {
  auto outcome_after = [](auto change) {
    return after<callback_batch>([&](callback_batch& x) { change(x.outcomes[0]); });
  };
  EXPECT_EQ(outcome_after([](outcome& x) { x.state = trigger_state::running; }),
            "outcome of trigger 1001: state running is not final");
  EXPECT_EQ(outcome_after([](outcome& x) { x.state = trigger_state{bad_number}; }),
            "outcome of trigger 1001: state is unknown(77); known are waiting, claimed, sent, running, succeeded, "
            "failed, timed_out, killed, "
            "discarded, lost, missed");
  EXPECT_EQ(outcome_after([](outcome& x) { x.reason = state_reason{bad_number}; }).substr(0, 44),
            "outcome of trigger 1001: reason is unknown(7");
  EXPECT_EQ(outcome_after([](outcome& x) { x.message = of(2'049) + nul; }), "") << "no reason to refuse a result";
  EXPECT_EQ(outcome_after([](outcome& x) { x.ended = instant{-1ms}; }),
            "outcome of trigger 1001: end -1 ms is out of range");
  EXPECT_EQ(outcome_after([](outcome& x) { x.trigger = {0}; }), "outcome of trigger 0: trigger 0 is out of range");
}

TEST(Returns, NeedAKnownReason) {
  EXPECT_EQ(after<return_batch>([](return_batch& x) { x.orders[0].reason = state_reason{bad_number}; }).substr(0, 44),
            "return of trigger 1001: reason is unknown(77");
}

TEST(Progress, IsSentOrRunning) {
  auto in_state = [](trigger_state s) {
    return after<progress_batch>([s](progress_batch& x) { x.triggers[0].state = s; });
  };
  EXPECT_EQ(in_state(trigger_state::sent) + in_state(trigger_state::running), "");
  EXPECT_EQ(in_state(trigger_state::succeeded),
            "progress of trigger 1001: state succeeded is neither sent nor running");
  EXPECT_EQ(in_state(trigger_state{bad_number}),
            "progress of trigger 1001: state unknown(77) is neither sent nor running");
}

TEST(LifeReport, IsRefusedInWordsThatNameTheField) {
  using T = life_report;
  EXPECT_EQ(after<T>([](T& x) { x.session = {0}; }), "session 0 is out of range");
  EXPECT_EQ(after<T>([](T& x) { x.epoch = {0}; }), "epoch 0 is out of range");
  EXPECT_EQ(after<T>([](T& x) { x.life = {-1}; }), "life -1 is out of range");
  EXPECT_EQ(after<T>([](T& x) { x.started[1] = {0}; }), "trigger 0 is out of range");
  EXPECT_EQ(after<T>([](T& x) { x.started.assign(5'001, {1'001}); }),
            "5001 ids in one message, at most 5000 are allowed");
}

TEST(JobSpec, RetriesAreFromNoneToAHundred) {
  auto retries = [](std::int16_t n) { return after<job_spec>([n](job_spec& x) { x.retry.retries = n; }); };
  EXPECT_EQ(retries(0), "");
  EXPECT_EQ(retries(100), "");
  EXPECT_EQ(retries(101), "job orders/close-stale: retries 101 is out of range, 0 to 100");
  EXPECT_EQ(retries(-1), "job orders/close-stale: retries -1 is out of range, 0 to 100");
}

TEST(RetryRule, FollowsTheEndsItNamesAsLongAsAttemptsAreLeft) {
  retry_rule rule;
  EXPECT_FALSE(rule.again(trigger_state::failed, 1));
  rule.retries = 2;
  EXPECT_TRUE(rule.again(trigger_state::failed, 1));
  EXPECT_TRUE(rule.again(trigger_state::timed_out, 2));
  EXPECT_FALSE(rule.again(trigger_state::failed, 3)) << "the first attempt and two retries";
  EXPECT_FALSE(rule.again(trigger_state::lost, 1)) << "it may have happened";
  rule.on_lost = true;
  EXPECT_TRUE(rule.again(trigger_state::lost, 1));
  for (auto end : {trigger_state::succeeded, trigger_state::killed, trigger_state::discarded, trigger_state::missed})
    EXPECT_FALSE(rule.again(end, 1)) << to_string(end);
}

TEST(Inventory, PiecesHoldFiveThousandIds) {
  auto ids = [](std::size_t n) {
    return after<inventory_piece>([n](inventory_piece& x) { x.held.assign(n, {1'001}); });
  };
  EXPECT_EQ(ids(5'000), "");
  EXPECT_EQ(ids(5'001), "5001 ids in one message, at most 5000 are allowed");
  EXPECT_EQ(after<inventory_piece>([](inventory_piece& x) { x.held[1] = {-3}; }), "trigger -3 is out of range");
}

TEST(Scripts, HaveALimitAndALanguage) {
  using T = script_source;
  EXPECT_EQ(after<T>([](T& x) { x.source = of(limits::script_bytes); }), "");
  EXPECT_EQ(after<T>([](T& x) { x.source = of(limits::script_bytes + 1); }),
            "script source has 524289 bytes, at most 524288 are allowed");
  EXPECT_EQ(after<T>([](T& x) { x.source = ""; }), "script source is empty");
  EXPECT_EQ(after<T>([](T& x) { x.source = nul; }), "script source is not text: byte 2 is NUL");
  EXPECT_EQ(after<T>([](T& x) { x.language = script_language{bad_number}; }),
            "script language is unknown(77); known are shell, python");
  EXPECT_EQ(after<T>([](T& x) { x.version = 0; }), "version is not above 0");
  EXPECT_EQ(after<T>([](T& x) { x.job = {0}; }), "job 0 is out of range");
}

TEST(Logs, CountLinesFromOneAndAreAskedInPieces) {
  using T = log_query;
  EXPECT_EQ(after<T>([](T& x) { x.from_line = 0; }), "lines count from 1");
  EXPECT_EQ(after<T>([](T& x) { x.max_lines = 10'000; }), "");
  for (std::uint32_t n : {0u, 10'001u})
    EXPECT_EQ(after<T>([n](T& x) { x.max_lines = n; }), "1 to 10000 lines can be asked for");
  EXPECT_EQ(after<T>([](T& x) { x.trigger = {0}; }), "trigger 0 is out of range");
}

TEST(Logs, ChunksHaveALimitOfBytesOverAllLines) {
  auto two_lines = [](std::size_t first, std::size_t second) {
    return after<log_chunk>([=](log_chunk& x) { x.lines = {of(first), of(second)}; });
  };
  EXPECT_EQ(two_lines(limits::log_chunk_bytes - 1, 1), "");
  EXPECT_EQ(two_lines(limits::log_chunk_bytes, 1), "log chunk is too large");
}

TEST(Groups, AreRefusedInWordsThatNameTheField) {
  using T = group_spec;
  EXPECT_EQ(after<T>([](T& x) { x.name = "abc"; }), "group name \"abc\" does not match [a-z][a-z0-9-]{3,63}");
  EXPECT_EQ(after<T>([](T& x) { x.title = of(129); }), "title has 129 bytes, at most 128 are allowed");
  EXPECT_EQ(after<T>([](T& x) { x.mode = address_mode{bad_number}; }),
            "addresses is unknown(77); known are auto, fixed");
  EXPECT_EQ(after<T>([](T& x) { x.addresses = {"orders-1", ""}; }), "address is empty");
  EXPECT_EQ(after<T>([](T& x) { x.addresses.assign(1'001, "orders-1"); }),
            "1001 addresses in one message, at most 1000 are allowed");
}

TEST(Jobs, AreRefusedWithTheJobNamed) {
  using T = job_spec;
  const std::string job = "job orders/close-stale: ";
  EXPECT_EQ(after<T>([](T& x) { x.name = "a b"; }),
            "job orders/a b: job name \"a b\" does not match [A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  EXPECT_EQ(after<T>([](T& x) { x.group = ""; }), "job /close-stale: group \"\" does not match [a-z][a-z0-9-]{3,63}");
  EXPECT_EQ(after<T>([](T& x) { x.route = route_strategy{bad_number}; }),
            job + "route is unknown(77); known are first, last, round, random");
  EXPECT_EQ(after<T>([](T& x) { x.block = block_strategy{bad_number}; }),
            job + "block is unknown(77); known are serial");
  EXPECT_EQ(after<T>([](T& x) { x.misfire = misfire_policy{bad_number}; }),
            job + "misfire is unknown(77); known are skip, fire_once, fire_all");
  EXPECT_EQ(after<T>([](T& x) { x.work = script_work{script_language::shell, ""}; }), job + "script source is empty");
  EXPECT_EQ(after<T>([](T& x) { x.params = of(2'049); }), job + "params has 2049 bytes, at most 2048 are allowed");
  EXPECT_EQ(after<T>([](T& x) { x.owner = nul; }), job + "owner is not text: byte 2 is NUL");
  EXPECT_EQ(after<T>([](T& x) { x.timeout = -1ms; }), job + "timeout -1 ms is out of range");
}

TEST(Jobs, SchedulesHaveLimits) {
  auto with = [](schedule_spec s) { return after<job_spec>([&](job_spec& x) { x.schedule = s; }); };
  const std::string job = "job orders/close-stale: ";
  EXPECT_EQ(with(no_schedule{}) + with(every_schedule{100ms, {}}) + with(after_schedule{100ms}) +
                with(at_schedule{test::noon}),
            "");
  EXPECT_EQ(with(every_schedule{99ms, {}}), job + "every 99 ms is out of range");
  EXPECT_EQ(with(every_schedule{1s, instant{-1ms}}), job + "start -1 ms is out of range");
  EXPECT_EQ(with(after_schedule{99ms}), job + "after 99 ms is out of range");
  EXPECT_EQ(with(after_schedule{std::chrono::milliseconds::max()}),
            job + "after 9223372036854775807 ms is out of range");
  EXPECT_EQ(with(at_schedule{instant{-1ms}}), job + "at -1 ms is out of range");
  EXPECT_EQ(with(cron_schedule{"", "UTC"}), job + "cron is empty");
  EXPECT_EQ(with(cron_schedule{"* * * * * ?", ""}), job + "timezone is empty");
  EXPECT_EQ(with(cron_schedule{of(513), "UTC"}), job + "cron has 513 bytes, at most 512 are allowed");
  EXPECT_EQ(with(cron_schedule{"* * * * * ?", "UTC", cron_dialect{bad_number}}),
            job + "dialect is unknown(" + std::to_string(bad_number) + "); known are quartz, unix");
}

TEST(Jobs, WhatNarrowsASchedule) {
  auto with = [](const std::function<void(schedule_spec&)>& change) {
    return after<job_spec>([&](job_spec& x) { change(x.schedule); });
  };
  const std::string job = "job orders/close-stale: ";
  EXPECT_EQ(with([](schedule_spec& s) { s.until = s.from; }), "");
  EXPECT_EQ(with([](schedule_spec& s) { s.until = *s.from - 1ms; }), job + "from is later than until");
  EXPECT_EQ(with([](schedule_spec& s) { s.max_runs = -1; }), job + "max_runs is below 0");
  EXPECT_EQ(with([](schedule_spec& s) { s.jitter = -1ms; }), job + "jitter -1 ms is out of range");
  EXPECT_EQ(with([](schedule_spec& s) { s.calendar_zone.clear(); }), job + "calendar zone is empty");
  EXPECT_EQ(with([](schedule_spec& s) { s.calendar.layers.resize(9, s.calendar.layers[0]); }),
            job + "9 calendars in one message, at most 8 are allowed");
  EXPECT_EQ(with([](schedule_spec& s) { s.calendar.layers[1].bases = {1}; }),
            job + "calendar workdays is built on one that does not stand before it");
  EXPECT_EQ(with([](schedule_spec& s) { s.calendar.layers[0].exclude_weekdays = 0x80; }),
            job + "exclude_weekdays has an eighth day");
  EXPECT_EQ(with([](schedule_spec& s) { s.calendar.layers[0].exclude = {nul}; }),
            job + "exclude is not text: byte 2 is NUL");
}

TEST(Jobs, MisfireRulesHaveLimits) {
  using T = job_spec;
  const std::string job = "job orders/close-stale: ";
  EXPECT_EQ(after<T>([](T& x) { x.misfire_cap = 0; }), job + "misfire_cap 0 is out of range");
  EXPECT_EQ(after<T>([](T& x) { x.misfire_cap = 1'000'001; }), job + "misfire_cap 1000001 is out of range");
  EXPECT_EQ(after<T>([](T& x) { x.misfire_deadline = -1ms; }), job + "misfire_deadline -1 ms is out of range");
}

TEST(Apply, CountsGroupsAndJobsTogether) {
  auto sizes = [](std::size_t groups, std::size_t jobs) {
    return after<apply_request>([=](apply_request& x) {
      x.groups.assign(groups, sample<group_spec>());
      auto job = sample<job_spec>();
      job.schedule = no_schedule{}; // small enough that the number counts, not the bytes
      x.jobs.assign(jobs, job);
    });
  };
  EXPECT_EQ(sizes(1, 999), "");
  EXPECT_EQ(sizes(1, 1'000), "1001 groups and jobs in one message, at most 1000 are allowed");
}

TEST(Apply, TakesTheLargestScriptOnlyAlone) {
  auto large = sample<job_spec>();
  large.work = script_work{script_language::shell, of(limits::script_bytes)};
  auto jobs = [&](std::vector<job_spec> all) {
    return after<apply_request>([&](apply_request& x) { x.groups.clear(), x.jobs = all; });
  };
  EXPECT_EQ(jobs({large}), "");
  EXPECT_EQ(jobs({large, sample<job_spec>()}), std::to_string(wire_size(large) + wire_size(sample<job_spec>())) +
                                                   " bytes in one message, at most 262144 are allowed");
}

TEST(Apply, ChecksWhatItHolds) {
  using T = apply_request;
  EXPECT_EQ(after<T>([](T& x) { x.groups[0].title = nul; }), "title is not text: byte 2 is NUL");
  EXPECT_EQ(after<T>([](T& x) { x.jobs[0].owner = nul; }), "job orders/close-stale: owner is not text: byte 2 is NUL");
  EXPECT_EQ(after<T>([](T& x) { x.who = of(129); }), "who has 129 bytes, at most 128 are allowed");
  EXPECT_EQ(after<T>([](T& x) { x.source = of(4'097); }), "source has 4097 bytes, at most 4096 are allowed");
}

TEST(Queries, HavePagesAndKnownStates) {
  for (std::uint32_t n : {0u, 1'001u}) {
    EXPECT_EQ(after<job_query>([n](job_query& x) { x.limit = n; }), "limit is out of range: 1 to 1000");
    EXPECT_EQ(after<trigger_query>([n](trigger_query& x) { x.limit = n; }), "limit is out of range: 1 to 1000");
  }
  EXPECT_EQ(after<trigger_query>([](trigger_query& x) { x.group = ""; }), "a job is named together with its group");
  EXPECT_EQ(after<trigger_query>([](trigger_query& x) { x.state = trigger_state{bad_number}; }).substr(0, 20),
            "state is unknown(77)");
  EXPECT_EQ(after<trigger_query>([](trigger_query& x) { x.id = trigger_id{0}; }), "trigger 0 is out of range");
  EXPECT_EQ(after<trigger_query>([](trigger_query& x) { x.from = instant{-1ms}; }), "from -1 ms is out of range");
  EXPECT_EQ(after<job_query>([](job_query& x) { x.name = nul; }), "job is not text: byte 2 is NUL");
}

TEST(Requests, NameTheirJobAndCarryAnId) {
  EXPECT_EQ(after<job_ref>([](job_ref& x) { x.group = ""; }), "group is empty");
  EXPECT_EQ(after<trigger_request>([](trigger_request& x) { x.job.name = ""; }), "job is empty");
  EXPECT_EQ(after<trigger_request>([](trigger_request& x) { x.request = ""; }), "request id is empty");
  EXPECT_EQ(after<trigger_request>([](trigger_request& x) { x.params.reset(); }), "");
  EXPECT_EQ(after<trigger_request>([](trigger_request& x) { x.params = of(2'049); }),
            "params has 2049 bytes, at most 2048 are allowed");
  EXPECT_EQ(after<pause_request>([](pause_request& x) { x.who = nul; }), "who is not text: byte 2 is NUL");
}

TEST(Queries, GoOnFromAPlaceThatCanBe) {
  using T = trigger_query;
  EXPECT_EQ(after<T>([](T& x) { x.before = trigger_position{test::noon, {0}}; }), "place 0 is out of range");
  EXPECT_EQ(after<T>([](T& x) { x.before = trigger_position{instant{-1ms}, {1}}; }), "place -1 ms is out of range");
  EXPECT_EQ(after<T>([](T& x) { x.ended_from = instant{-1ms}; }), "ended from -1 ms is out of range");
}

TEST(Queries, OfAnAuditNameJobsAPeriodAndAPlaceAmongThem) {
  using T = audit_query;
  EXPECT_EQ(after<T>([](T& x) { x.first = job_id{0}; }), "first job 0 is out of range");
  EXPECT_EQ(after<T>([](T& x) { x.last = job_id{std::int64_t{1} << 53}; }),
            "last job 9007199254740992 is out of range");
  EXPECT_EQ(after<T>([](T& x) { x.first.value = x.last.value + 1; }), "the last job comes before the first");
  EXPECT_EQ(after<T>([](T& x) { x.first = x.last = x.after->job; }), "");
  EXPECT_EQ(after<T>([](T& x) { x.from = instant{-1ms}; }), "from -1 ms is out of range");
  EXPECT_EQ(after<T>([](T& x) { x.to = instant{-1ms}; }), "to -1 ms is out of range");
  EXPECT_EQ(after<T>([](T& x) { x.to = x.from - 1ms; }), "to comes before from");
  EXPECT_EQ(after<T>([](T& x) { x.after->job = job_id{11}; }), "place is out of range");
  EXPECT_EQ(after<T>([](T& x) { x.after->job = job_id{41}; }), "place is out of range");
  EXPECT_EQ(after<T>([](T& x) { x.after->origin = nul; }), "place's origin is not text: byte 2 is NUL");
  EXPECT_EQ(after<T>([](T& x) { x.after.reset(); }), "");
  for (std::uint32_t n : {0u, 1'001u})
    EXPECT_EQ(after<T>([n](T& x) { x.limit = n; }), "limit is out of range: 1 to 1000");
}

TEST(Text, ThatIsNotUtf8IsRefusedWhereverItStands) {
  const std::string latin = "caf\xE9";
  auto refused = [](const std::string& what) { return what + " is not text: byte 4 is not UTF-8"; };
  EXPECT_EQ(after<executor_hello>([&](executor_hello& x) { x.name = latin; }), refused("executor name"));
  EXPECT_EQ(after<executor_hello>([&](executor_hello& x) { x.address = latin; }), refused("address"));
  EXPECT_EQ(after<executor_hello>([&](executor_hello& x) { x.version = latin; }), refused("version"));
  EXPECT_EQ(after<executor_hello>([&](executor_hello& x) { x.labels = {{latin, "v"}}; }), refused("label"));
  EXPECT_EQ(after<executor_hello>([&](executor_hello& x) { x.labels = {{"zone", latin}}; }), refused("label zone"));
  EXPECT_EQ(after<executor_hello>([&](executor_hello& x) { x.group = latin; }),
            "group \"caf\xEF\xBF\xBD\" is not a group name")
      << "and the refusal is text itself";
  EXPECT_EQ(after<trigger_request>([&](trigger_request& x) { x.params = latin; }), refused("params"));
  EXPECT_EQ(after<trigger_request>([&](trigger_request& x) { x.request = latin; }), refused("request id"));
  EXPECT_EQ(after<trigger_request>([&](trigger_request& x) { x.who = latin; }), refused("who"));
  EXPECT_EQ(after<pause_request>([&](pause_request& x) { x.job.name = latin; }), refused("job"));
  EXPECT_EQ(after<apply_request>([&](apply_request& x) { x.source = latin; }), refused("source"));
  EXPECT_EQ(after<group_spec>([&](group_spec& x) { x.title = latin; }), refused("title"));
  EXPECT_EQ(after<job_spec>([&](job_spec& x) { x.params = latin; }), refused("job orders/close-stale: params"));
}

TEST(Names, OfGroupsHaveFourTo64Characters) {
  for (auto& name : {std::string{"abcd"}, std::string{"a-1-"}, "a" + of(63)}) EXPECT_TRUE(is_group_name(name)) << name;
  for (auto& name : {std::string{"abc"}, "a" + of(64), std::string{"1abc"}, std::string{"-abc"}, std::string{"aBcd"},
                     std::string{"ab_cd"}, std::string{"abcé"}})
    EXPECT_FALSE(is_group_name(name)) << name;
}

TEST(Names, OfJobsHaveOneTo128Characters) {
  for (auto& name : {std::string{"a"}, std::string{"0"}, std::string{"A.b_c-d"}, of(128)})
    EXPECT_TRUE(is_job_name(name)) << name;
  for (auto& name :
       {std::string{}, of(129), std::string{".a"}, std::string{"-a"}, std::string{"a/b"}, std::string{"a b"}, nul})
    EXPECT_FALSE(is_job_name(name)) << name;
}

} // namespace
} // namespace xxl
