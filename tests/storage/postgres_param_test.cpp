#include "storage/error.hpp"
#include "storage/postgres_connection.hpp"
#include "storage/postgres_param.hpp"
#include "tests/storage/postgres_fixture.hpp"

#include <limits>

namespace xxl::test {
namespace {

using namespace storage::postgres;

template <class T> param array_of(const std::vector<T>& xs) { return array(std::span<const T>{xs}); }

TEST(PostgresParam, ANumberArrayIsBinaryInNetworkOrder) {
  const auto p = array_of<std::int16_t>({1, -2});
  EXPECT_TRUE(p.binary);
  const std::string expected{"\0\0\0\1"
                             "\0\0\0\0"
                             "\0\0\0\x15"
                             "\0\0\0\2"
                             "\0\0\0\1"
                             "\0\0\0\2\0\1"
                             "\0\0\0\2\xff\xfe",
                             32};
  EXPECT_EQ(p.bytes, expected);
}

TEST(PostgresParam, AnEmptyArrayIsTextBraces) {
  const auto p = array_of<std::int64_t>({});
  EXPECT_FALSE(p.binary);
  EXPECT_EQ(p.bytes, "{}");
}

TEST(PostgresParam, AnAnsweredArrayIsRead) {
  EXPECT_EQ(parse_int8_array("{}"), std::vector<std::int64_t>{});
  EXPECT_EQ(parse_int8_array("{7}"), std::vector<std::int64_t>{7});
  EXPECT_EQ(parse_int8_array("{-1,9007199254740993}"), (std::vector<std::int64_t>{-1, 9007199254740993}));
}

TEST(PostgresParam, AnAnswerThatIsNoNumberIsFatalAndQuoted) {
  try {
    parse_int8_array("{1,NULL}");
    FAIL() << "a NULL was read as a number";
  } catch (const storage::error& e) {
    EXPECT_EQ(e.kind, storage::error_kind::fatal);
    EXPECT_STREQ(e.what(), "the database answered \"NULL\" where a whole number was due");
  }
}

/// What the server makes of a parameter, as text.
class PostgresArrays : public ::testing::Test {
protected:
  std::string server_reads(const char* type, const param& p) {
    const std::string sql = std::string{"SELECT $1::"} + type + "::text";
    const statement echo{"echo", sql.c_str()};
    connection c{postgres_server::shared().url("postgres"),
                 {.application = "test", .server = {}, .statements = {&echo}}};
    c.open();
    return std::string{c.execute(echo, std::vector{p}, on_loss::repeatable).text(0, 0)};
  }
};

TEST_F(PostgresArrays, NumbersArriveWithTheirExtremes) {
  using limits64 = std::numeric_limits<std::int64_t>;
  EXPECT_EQ(server_reads("bigint[]", array_of<std::int64_t>({limits64::min(), 0, limits64::max()})),
            "{-9223372036854775808,0,9223372036854775807}");
  EXPECT_EQ(server_reads("int[]", array_of<std::int32_t>({-2147483648, 2147483647})), "{-2147483648,2147483647}");
  EXPECT_EQ(server_reads("smallint[]", array_of<std::int16_t>({-32768, 32767})), "{-32768,32767}");
  EXPECT_EQ(server_reads("boolean[]", array({true, false})), "{t,f}");
  EXPECT_EQ(server_reads("bigint[]", array_of<std::int64_t>({})), "{}");
}

TEST_F(PostgresArrays, TextArrivesWhateverItHolds) {
  const std::vector<std::optional<std::string>> hard{
      "", "NULL", "a,b{c}", "say \"hi\"", "back\\slash", "new\nline", "\xf0\x9f\x98\x80", std::nullopt};
  const std::string sql = "SELECT count(*) FILTER (WHERE x IS NULL), string_agg(x, '|') FROM unnest($1::text[]) AS x";
  const statement unpack{"unpack", sql.c_str()};
  connection c{postgres_server::shared().url("postgres"),
               {.application = "test", .server = {}, .statements = {&unpack}}};
  c.open();
  const auto r =
      c.execute(unpack, std::vector{array(std::span<const std::optional<std::string>>{hard})}, on_loss::repeatable);
  EXPECT_EQ(r.number(0, 0), 1);
  EXPECT_EQ(r.text(0, 1), "|NULL|a,b{c}|say \"hi\"|back\\slash|new\nline|\xf0\x9f\x98\x80");
}

} // namespace
} // namespace xxl::test
