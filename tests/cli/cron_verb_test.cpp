// The fires of an expression that is in no file.

#include "cli/verbs.hpp"
#include "config/instant.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace xxl::cli {
namespace {

struct printed {
  exit_code code = exit_code::ok;
  std::string out, err;
};

cron_verb asked(const std::string& expression) {
  cron_verb v;
  v.words.expression = expression;
  v.after = std::get<instant>(config::parse_instant("2026-12-01T00:00:00Z"));
  v.count = 2;
  return v;
}

printed run(const cron_verb& v, format as = format::table) {
  std::ostringstream out, err;
  printed p;
  try {
    cron(v, {out, err, as});
  } catch (const failure& e) {
    p.code = e.code;
    err << e.what();
  }
  p.out = out.str();
  p.err = err.str();
  return p;
}

TEST(CronVerb, PrintsTheNextFires) {
  auto v = asked("0 0 9 * * ?");
  v.words.timezone = "Asia/Shanghai";
  EXPECT_EQ(run(v).out, "2026-12-01T01:00:00.000Z\n2026-12-02T01:00:00.000Z\n");
  EXPECT_EQ(run(v, format::json).out, "[\n  \"2026-12-01T01:00:00.000Z\",\n  \"2026-12-02T01:00:00.000Z\"\n]\n");
}

TEST(CronVerb, WithoutATimeItIsNow) {
  auto v = asked("* * * * * ?");
  v.after.reset();
  EXPECT_NE(run(v).out, "");
}

TEST(CronVerb, WordsChooseDialectAndRules) {
  auto v = asked("30 1 * * *");
  v.words.dialect = "unix";
  v.words.timezone = "America/New_York";
  v.words.overlap = "both";
  v.after = std::get<instant>(config::parse_instant("2026-11-01T00:00:00Z"));
  EXPECT_EQ(run(v).out, "2026-11-01T05:30:00.000Z\n2026-11-01T06:30:00.000Z\n");
  v.words.dst = "vixie";
  EXPECT_EQ(run(v).code, exit_code::usage);
}

TEST(CronVerb, AWrongExpressionIsShownWithACaret) {
  auto p = run(asked("0 0 9 * * MON"));
  EXPECT_EQ(p.code, exit_code::bad_files);
  EXPECT_EQ(p.out, "");
  EXPECT_EQ(p.err, "expression:1:11: day-of-week: exactly one of day-of-month and day-of-week must be ?, here neither "
                   "is\n0 0 9 * * MON\n          ^");
  EXPECT_EQ(run(asked("0 0 \xE4\xB9\x9D x * ?")).err, // columns count characters
            "expression:1:5: hour: unexpected \"\xE4\xB9\x9D\"\n0 0 \xE4\xB9\x9D x * ?\n    ^");
}

TEST(CronVerb, AScheduleThatIsOverIsSaid) {
  auto p = run(asked("0 0 9 * * ? 2020"));
  EXPECT_EQ(p.code, exit_code::ok);
  EXPECT_EQ(p.out, "");
  EXPECT_EQ(p.err, "the schedule has no fire after that time\n");
  EXPECT_EQ(run(asked("0 0 9 * * ? 2020"), format::json).out, "[]\n");
}

} // namespace
} // namespace xxl::cli
