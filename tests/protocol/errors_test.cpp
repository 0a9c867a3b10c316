#include "protocol/errors.hpp"
#include "tests/protocol/wire.hpp"

#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>
#include <gtest/gtest.h>

namespace xxl {
namespace {

constexpr auto last = static_cast<int>(errc::internal);

TEST(Errors, CodeAndTextComeBack) {
  for (int i = 1; i <= last; ++i) {
    auto code = static_cast<errc>(i);
    auto e = make_error(code, "job orders/close-stale: " + to_string(code));
    EXPECT_EQ(code_of(e), code);
    EXPECT_EQ(text_of(e), "job orders/close-stale: " + to_string(code));
  }
}

TEST(Errors, EveryCodeHasANameOfItsOwn) {
  std::set<std::string> names;
  for (int i = 0; i <= last; ++i) names.insert(to_string(static_cast<errc>(i)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(last) + 1);
  EXPECT_EQ(to_string(errc::not_supported_yet), "not_supported_yet");
  EXPECT_EQ(to_string(static_cast<errc>(last + 1)), "unknown(" + std::to_string(last + 1) + ")");
}

TEST(Errors, NoErrorSaysSo) {
  EXPECT_EQ(code_of(caf::error{}), errc::none);
  EXPECT_EQ(text_of(caf::error{}), "no error");
}

TEST(Errors, CafsOwnHaveNoCodeOfOursAndAreRendered) {
  EXPECT_EQ(code_of(caf::make_error(caf::sec::request_timeout)), errc::none);
  EXPECT_EQ(text_of(caf::make_error(caf::sec::request_timeout)), "request_timeout");
  EXPECT_EQ(text_of(caf::make_error(caf::exit_reason::user_shutdown)), "user_shutdown");
  EXPECT_EQ(text_of(caf::make_error(caf::sec::runtime_error, "disk full")), "runtime_error (\"disk full\")");
}

TEST(Errors, ACodeOfANewerVersionIsNoneButKeepsItsText) {
  auto e = make_error(static_cast<errc>(last + 1), "from the future");
  EXPECT_EQ(code_of(e), errc::none);
  EXPECT_EQ(text_of(e), "from the future");
}

} // namespace
} // namespace xxl
