#include "storage/postgres_connection.hpp"
#include "storage/postgres_error.hpp"
#include "storage/postgres_refusals.hpp"
#include "tests/support/postgres_server.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace xxl::test {
namespace {

using namespace storage::postgres;
using storage::error;
using storage::error_kind;

TEST(PostgresError, EachStateHasItsKind) {
  const std::vector<std::pair<const char*, error_kind>> table{
      {"08006", error_kind::unknown_outcome}, {"57P01", error_kind::unknown_outcome},
      {"57P02", error_kind::unknown_outcome}, {"57P05", error_kind::unknown_outcome},
      {"25P03", error_kind::unknown_outcome}, {"40P01", error_kind::retry},
      {"40001", error_kind::retry},           {"55P03", error_kind::retry},
      {"57014", error_kind::retry},           {"53100", error_kind::retry},
      {"53300", error_kind::retry},           {"23505", error_kind::refused},
      {"23514", error_kind::refused},         {"22021", error_kind::refused},
      {"25006", error_kind::unavailable},     {"25P02", error_kind::unavailable},
      {"26000", error_kind::unavailable},     {"28P01", error_kind::fatal},
      {"3D000", error_kind::fatal},           {"42P01", error_kind::fatal},
      {"42501", error_kind::fatal},
  };
  for (const auto& [state, kind] : table) EXPECT_EQ(kind_of(state), kind) << state;
}

TEST(PostgresError, ACheckWithoutANameIsAMissingPartition) {
  EXPECT_TRUE(lacks_partition({error_kind::refused, "23514", "no partition", ""}));
  EXPECT_FALSE(lacks_partition({error_kind::refused, "23514", "a check", "trigger_open_owned"}));
  EXPECT_FALSE(lacks_partition({error_kind::refused, "23505", "a key", ""}));
}

error refusal_of_connection(const std::string& url) {
  connection c{url, {.application = "test", .server = {}, .statements = {}}};
  try {
    c.open();
  } catch (const error& e) {
    return e;
  }
  return {error_kind::retry, "", "connected"};
}

TEST(PostgresConnection, AMissingDatabaseIsFatalAndNamed) {
  const auto e = refusal_of_connection(postgres_server::shared().url("nowhere"));
  EXPECT_EQ(e.kind, error_kind::fatal);
  EXPECT_EQ(e.state, "3D000");
  EXPECT_NE(std::string{e.what()}.find("database \"nowhere\" does not exist"), std::string::npos) << e.what();
  EXPECT_EQ(std::string{e.what()}.find("LOCATION"), std::string::npos) << e.what();
}

TEST(PostgresConnection, AServerThatIsNotThereIsUnavailable) {
  EXPECT_EQ(refusal_of_connection("postgresql://xxl@/xxl?host=/nonexistent").kind, error_kind::unavailable);
}

TEST(PostgresConnection, AMalformedUrlIsFatal) {
  const auto e = refusal_of_connection("postgresql://xxl@[::1/xxl");
  EXPECT_EQ(e.kind, error_kind::fatal);
  EXPECT_NE(std::string{e.what()}.find("the database url is malformed"), std::string::npos) << e.what();
}

/// Refuses some numbers as a database refuses rows, and remembers the parts it took.
struct picky {
  std::vector<int> bad;
  std::vector<std::vector<int>> took;
  void operator()(std::span<const int> part) {
    for (const int x : part)
      if (std::find(bad.begin(), bad.end(), x) != bad.end())
        throw server_error{error_kind::refused, "23505", "claim: bad row", "some_key"};
    took.emplace_back(part.begin(), part.end());
  }
};

const auto itself = [](int x) { return x; };
const std::vector<int> eight{1, 2, 3, 4, 5, 6, 7, 8};

TEST(Refusals, ABadRowIsNamedAndTheOthersGoThrough) {
  refusals r;
  picky work{{3, 8}, {}};
  try {
    r.run(std::span{eight}, "trigger", itself, std::ref(work));
    FAIL() << "nothing was refused";
  } catch (const error& e) {
    EXPECT_EQ(e.kind, error_kind::refused);
    EXPECT_STREQ(e.what(), "trigger 3: claim: bad row; trigger 8: claim: bad row");
  }
  EXPECT_EQ(work.took, (std::vector<std::vector<int>>{{1, 2}, {4}, {5, 6}, {7}}));
  EXPECT_TRUE(r.knows(3));
  EXPECT_TRUE(r.knows(8));
  EXPECT_FALSE(r.knows(4));
}

TEST(Refusals, AnErrorAfterAPartWentThroughLeavesTheOutcomeUnknown) {
  refusals r;
  int calls = 0;
  const auto work = [&](std::span<const int> part) {
    if (part.size() == eight.size()) throw server_error{error_kind::refused, "23505", "bad row", "some_key"};
    if (++calls == 2) throw server_error{error_kind::retry, "40P01", "deadlock", ""};
  };
  try {
    r.run(std::span{eight}, "trigger", itself, work);
    FAIL() << "the deadlock went unseen";
  } catch (const error& e) {
    EXPECT_EQ(e.kind, error_kind::unknown_outcome);
    EXPECT_STREQ(e.what(), "a part of the batch went through, then: deadlock");
  }
}

TEST(Refusals, AnErrorBeforeAnythingWentThroughKeepsItsKind) {
  refusals r;
  const auto work = [](std::span<const int>) { throw server_error{error_kind::retry, "55P03", "lock", ""}; };
  try {
    r.run(std::span{eight}, "trigger", itself, work);
    FAIL() << "the lock timeout went unseen";
  } catch (const error& e) {
    EXPECT_EQ(e.kind, error_kind::retry);
    EXPECT_EQ(e.state, "55P03");
  }
}

} // namespace
} // namespace xxl::test
