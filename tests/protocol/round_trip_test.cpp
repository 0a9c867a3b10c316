// Every message of protocol/messages.hpp comes back from the wire as it was sent, and damaged bytes are an error, never
// a crash.

#include "protocol/errors.hpp"
#include "tests/protocol/samples.hpp"
#include "tests/protocol/wire.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/deep_to_string.hpp>
#include <caf/message.hpp>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace xxl {
namespace {

using test::decode;
using test::encode;
using test::sample;

// ---- every message and every part of one

template <class T> class Wire : public ::testing::Test {};
using everything =
    ::testing::Types<executor_hello, executor_welcome, beat_answer, order, order_batch, outcome, callback_batch,
                     returned_order, return_batch, progress, progress_batch, inventory_piece, life_report,
                     script_source, log_query, log_chunk, job_ref, apply_request, apply_change, group_view, job_view,
                     job_query, executor_view, trigger_view, trigger_position, trigger_query, gap_view, job_detail,
                     trigger_request, trigger_receipt, pause_request, pause_answer, killed_order, kill_batch,
                     kill_request, kill_answer, node_view, takeover_view, cluster_view, node_stats, audit_place,
                     audit_query, audit_job, audit_version, audit_gap, audit_trigger>;
TYPED_TEST_SUITE(Wire, everything);

template <std::size_t I = 0, class Tuple> void expect_all_differ(const Tuple& x, const Tuple& y) {
  if constexpr (I < std::tuple_size_v<Tuple>) {
    EXPECT_FALSE(std::get<I>(x) == std::get<I>(y)) << "field " << I << " of the sample has its default value";
    expect_all_differ<I + 1>(x, y);
  }
}

TYPED_TEST(Wire, ComesBackAsItWasSent) {
  auto sent = sample<TypeParam>();
  TypeParam received;
  auto problem = decode(encode(sent), received);
  ASSERT_FALSE(problem) << text_of(problem);
  EXPECT_TRUE(received == sent) << caf::deep_to_string(sent) << "\n" << caf::deep_to_string(received);
}

TYPED_TEST(Wire, NoFieldIsLeftOut) {
  // A field that inspect() forgot would come back with its default, so the sample must have another in each. `block`
  // has one value.
  auto without_block = [](auto x) {
    if constexpr (requires { x.block; }) x.block = block_strategy{0};
    return x;
  };
  auto sent = without_block(sample<TypeParam>());
  TypeParam fresh{};
  expect_all_differ(fields(sent), fields(fresh));
  TypeParam received;
  ASSERT_FALSE(decode(encode(sent), received));
  EXPECT_TRUE(received == sent);
}

TYPED_TEST(Wire, DefaultsComeBackToo) {
  TypeParam sent{};
  auto received = sample<TypeParam>();
  auto problem = decode(encode(sent), received);
  ASSERT_FALSE(problem) << text_of(problem);
  EXPECT_TRUE(received == sent) << caf::deep_to_string(received);
}

TYPED_TEST(Wire, ACutMessageIsAnErrorAtEveryLength) {
  auto whole = encode(sample<TypeParam>());
  for (std::size_t n = 0; n < whole.size(); ++n) {
    TypeParam received;
    EXPECT_TRUE(decode({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)}, received))
        << n << " of " << whole.size() << " bytes";
  }
}

// ---- what stands alone in a CAF message

class Registered : public ::testing::Test {
protected:
  struct config : caf::actor_system_config {
    config() {
      add_message_types<caf::id_block::xxl_protocol>();
      add_message_types<caf::id_block::xxl_handles>();
      set("scheduler.policy", caf::atom("testing"));
    }
  };
  config cfg;
  caf::actor_system sys{cfg};

  template <class T> void expect_travels(const T& sent) {
    std::vector<char> bytes;
    caf::binary_serializer sink{sys, bytes};
    ASSERT_FALSE(sink(caf::make_message(sent)));
    caf::binary_deserializer source{sys, bytes};
    caf::message received;
    auto problem = source(received);
    ASSERT_FALSE(problem) << text_of(problem);
    ASSERT_TRUE(received.match_elements<T>()) << caf::to_string(received);
    EXPECT_TRUE(received.get_as<T>(0) == sent) << caf::to_string(received);
  }
};

template <class... Ts> struct list {};
using alone = list<executor_hello, executor_welcome, beat_answer, order_batch, callback_batch, return_batch,
                   progress_batch, inventory_piece, life_report, script_source, log_query, log_chunk, job_ref,
                   apply_request, job_query, trigger_query, job_detail, trigger_request, trigger_receipt, pause_request,
                   pause_answer, kill_batch, kill_request, kill_answer, cluster_view, node_stats, audit_query>;
using in_lists = list<apply_change, group_view, job_view, executor_view, trigger_view, audit_job, audit_version,
                      audit_gap, audit_trigger>;

TEST_F(Registered, EveryMessageTravelsByItsTypeName) {
  [this]<class... Ts>(list<Ts...>) { (expect_travels(sample<Ts>()), ...); }(alone{});
}

TEST_F(Registered, EveryListTravelsByItsTypeName) {
  [this]<class... Ts>(list<Ts...>) { (expect_travels(std::vector<Ts>{sample<Ts>(), Ts{}}), ...); }(in_lists{});
  expect_travels(std::vector<instant>{test::noon, instant{}});
}

TEST_F(Registered, EveryIdTravelsByItsTypeName) {
  expect_travels(job_id{12});
  expect_travels(trigger_id{(std::int64_t{1} << 53) - 1});
  expect_travels(session_id{std::numeric_limits<std::int64_t>::max()});
  expect_travels(epoch_id{3});
}

// ---- variants and enumerations

template <class T> T through_the_wire(const T& sent) {
  T received;
  auto problem = decode(encode(sent), received);
  EXPECT_FALSE(problem) << text_of(problem);
  return received;
}

TEST(Variants, EverySortOfScheduleComesBack) {
  for (const schedule_spec& x : {schedule_spec{no_schedule{}}, schedule_spec{cron_schedule{"0 0 9 ? * MON", "UTC"}},
                                 schedule_spec{every_schedule{30s, {}}}, schedule_spec{every_schedule{30s, test::noon}},
                                 schedule_spec{after_schedule{100ms}}, schedule_spec{at_schedule{test::noon}}})
    EXPECT_TRUE(through_the_wire(x) == x);
}

TEST(Variants, EverySortOfWorkComesBack) {
  for (const work_spec& x :
       {work_spec{handler_work{"closeStale"}}, work_spec{script_work{script_language::python, "print(1)"}}})
    EXPECT_TRUE(through_the_wire(x) == x);
}

TEST(Variants, AnIndexOutOfRangeIsAnError) {
  auto bytes = encode(schedule_spec{no_schedule{}});
  bytes.at(0) = 5;
  schedule_spec received;
  auto problem = decode(bytes, received);
  EXPECT_EQ(problem, caf::sec::unknown_type);
  EXPECT_NE(text_of(problem).find("variant index out of range"), std::string::npos) << text_of(problem);
}

TEST(Enumerations, ANumberWithoutANameArrivesUnchecked) {
  // The reason for protocol/validate.hpp: CAF takes any number.
  auto sent = sample<outcome>();
  sent.state = static_cast<trigger_state>(77);
  EXPECT_EQ(static_cast<int>(through_the_wire(sent).state), 77);
}

TEST(Text, AnyByteComesBack) {
  auto sent = sample<log_chunk>();
  sent.lines = {std::string{"a\0b", 3}, "\xff\xfe", "schön", std::string(256 * 1024, 'x')};
  EXPECT_TRUE(through_the_wire(sent) == sent);
}

} // namespace
} // namespace xxl
