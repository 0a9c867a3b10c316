#include "protocol/wire_size.hpp"
#include "tests/protocol/samples.hpp"
#include "tests/protocol/wire.hpp"

#include <gtest/gtest.h>

namespace xxl {
namespace {

using test::encode;
using test::sample;

template <class T> class WireSize : public ::testing::Test {};
using estimated =
    ::testing::Types<order, outcome, job_spec, group_spec, audit_job, audit_version, audit_gap, audit_trigger>;
TYPED_TEST_SUITE(WireSize, estimated);

TYPED_TEST(WireSize, IsNoLessThanAnItemTakes) {
  // Else a batch that is cut by it could pass the limit.
  EXPECT_LE(encode(TypeParam{}).size(), wire_size(TypeParam{}));
  EXPECT_LE(encode(sample<TypeParam>()).size(), wire_size(sample<TypeParam>()));
}

TEST(WireSizeOfAnOutcome, CountsItsMessage) {
  auto x = sample<outcome>();
  auto before = wire_size(x);
  x.message += std::string(2'000, 'x');
  EXPECT_EQ(wire_size(x), before + 2'000);
}

TEST(WireSizeOfAnOrder, CountsItsTexts) {
  auto x = sample<order>();
  auto before = wire_size(x);
  for (auto* text : {&x.params, &x.origin, &x.job_name, &std::get<handler_work>(x.work).name}) *text += "12345";
  EXPECT_EQ(wire_size(x), before + 20);
}

} // namespace
} // namespace xxl
