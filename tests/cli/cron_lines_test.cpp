// Questions about fires line by line: whatever a line holds, it has one answer.

#include "cli/cron_lines.hpp"
#include "cli/exit_code.hpp"
#include "protocol/utf8.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <random>
#include <sstream>
#include <vector>

namespace xxl::cli {
namespace {

using nlohmann::json;

/// A daily question, with more keys or with others.
json daily(const json& more = json::object()) {
  json q{{"expr", "0 0 9 * * ?"}, {"tz", "UTC"}, {"after", "2026-12-01T00:00:00Z"}, {"count", 2}};
  q.update(more);
  return q;
}

json without(const std::string& key) {
  auto q = daily();
  q.erase(key);
  return q;
}

std::string error(const std::string& line) {
  auto answer = json::parse(answer_line(line));
  return answer.size() == 1 && answer.contains("error") ? answer["error"].get<std::string>() : "answered";
}
std::string error(const json& q) { return error(q.dump()); }

/// The fires, one after the other.
std::string next(const json& q) {
  auto answer = json::parse(answer_line(q.dump()));
  if (!answer.contains("next")) return answer.dump();
  std::string all;
  for (auto& fire : answer["next"]) all += (all.empty() ? "" : " ") + fire.get<std::string>();
  return all;
}

std::vector<std::string> answers(const std::string& input) {
  std::istringstream in{input};
  std::ostringstream out;
  answer_lines(in, out);
  EXPECT_TRUE(out.str().empty() || out.str().back() == '\n');
  std::vector<std::string> lines;
  std::istringstream text{out.str()};
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

TEST(CronLines, AnswerIsOneCompactObject) {
  EXPECT_EQ(answer_line(daily().dump()), R"({"next":["2026-12-01T09:00:00Z","2026-12-02T09:00:00Z"]})");
  EXPECT_EQ(answer_line(daily({{"expr", "0 0 9 30 2 ?"}}).dump()), R"({"next":[]})");
  EXPECT_EQ(answer_line(daily({{"expr", "0 60 9 * * ?"}}).dump()),
            R"({"error":"column 3: minute: 60 is not in 0-59"})");
}

TEST(CronLines, AfterIsExclusiveAndMayHaveMillisecondsAndAnOffset) {
  EXPECT_EQ(next(daily({{"after", "2026-12-01T09:00:00Z"}, {"count", 1}})), "2026-12-02T09:00:00Z");
  EXPECT_EQ(next(daily({{"after", "2026-12-01T08:59:59.999Z"}, {"count", 1}})), "2026-12-01T09:00:00Z");
  EXPECT_EQ(next(daily({{"after", "2026-12-01T10:00:00+08:00"}, {"count", 1}})), "2026-12-01T09:00:00Z");
}

TEST(CronLines, FewerFiresWhereTheScheduleEnds) {
  EXPECT_EQ(next(daily({{"expr", "0 0 9 24,25 12 ? 2026"}, {"count", 10'000}})),
            "2026-12-24T09:00:00Z 2026-12-25T09:00:00Z");
}

TEST(CronLines, ZonesAndDstRulesAreWords) {
  const json gap{{"expr", "0 30 2 * * ?"}, {"tz", "America/New_York"}, {"after", "2026-03-08T00:00:00Z"}, {"count", 1}};
  const auto with = [](json q, const json& more) {
    q.update(more);
    return next(q);
  };
  EXPECT_EQ(next(gap), "2026-03-09T06:30:00Z");
  EXPECT_EQ(with(gap, {{"gap", "skip"}, {"overlap", "last"}}), "2026-03-09T06:30:00Z");
  EXPECT_EQ(with(gap, {{"gap", "next"}}), "2026-03-08T07:00:00Z");
  EXPECT_EQ(with(gap, {{"gap", "shift"}}), "2026-03-08T07:30:00Z");
  EXPECT_EQ(with(gap, {{"dst", "vixie"}}), "2026-03-08T07:00:00Z");
  const json twice{
      {"expr", "0 30 1 * * ?"}, {"tz", "America/New_York"}, {"after", "2026-11-01T00:00:00Z"}, {"count", 1}};
  EXPECT_EQ(next(twice), "2026-11-01T06:30:00Z");
  EXPECT_EQ(with(twice, {{"overlap", "first"}}), "2026-11-01T05:30:00Z");
  EXPECT_EQ(with(twice, {{"overlap", "both"}, {"count", 2}}), "2026-11-01T05:30:00Z 2026-11-01T06:30:00Z");
}

TEST(CronLines, CountIsOfLocalTimes) {
  json q{{"expr", "0 */20 2 * * ?"},
         {"tz", "America/New_York"},
         {"after", "2026-03-08T00:00:00Z"},
         {"count", 3},
         {"gap", "next"}};
  EXPECT_EQ(next(q), "2026-03-08T07:00:00Z"); // three times of the gap came to it
  q["count"] = 4;                             // the last day is answered whole
  EXPECT_EQ(next(q), "2026-03-08T07:00:00Z 2026-03-09T06:00:00Z 2026-03-09T06:20:00Z 2026-03-09T06:40:00Z");
  q["expr"] = "0 */20 2,3 * * ?";
  EXPECT_EQ(next(q), "2026-03-08T07:00:00Z 2026-03-08T07:20:00Z 2026-03-08T07:40:00Z");
  q["gap"] = "skip";
  EXPECT_EQ(next(q), "2026-03-08T07:00:00Z 2026-03-08T07:20:00Z 2026-03-08T07:40:00Z 2026-03-09T06:00:00Z");
}

TEST(CronLines, TheDialectIsQuartzUnlessSaid) {
  EXPECT_EQ(next(daily({{"expr", "0 9 * * 1"}, {"dialect", "unix"}})), "2026-12-07T09:00:00Z 2026-12-14T09:00:00Z");
  EXPECT_EQ(next(daily({{"expr", "@every 500ms"}, {"dialect", "unix"}})),
            "2026-12-01T00:00:00.500Z 2026-12-01T00:00:01Z");
  EXPECT_EQ(next(daily({{"dialect", "quartz"}, {"kind", "cron"}, {"count", 1}})), "2026-12-01T09:00:00Z");
  EXPECT_EQ(error(daily({{"expr", "@daily"}})).substr(0, 34), "column 7: 6 or 7 fields are needed");
}

TEST(CronLines, AFixedRateHasAnAnchor) {
  json q{{"kind", "fixrate"},
         {"seconds", 90},
         {"anchor", "2026-12-01T00:00:10Z"},
         {"after", "2026-12-01T00:00:10Z"},
         {"count", 2}};
  EXPECT_EQ(next(q), "2026-12-01T00:01:40Z 2026-12-01T00:03:10Z");
  q["after"] = "2020-01-01T00:00:00Z";
  EXPECT_EQ(next(q), "2026-12-01T00:00:10Z 2026-12-01T00:01:40Z");
  q["seconds"] = 3'153'600'000;
  q["count"] = 10'000; // ends with the years that RFC 3339 can write
  EXPECT_EQ(json::parse(answer_line(q.dump()))["next"].back(), "9921-09-03T00:00:10Z");
  for (const json& odd : {json(0), json(-5), json(1.5), json(1e300), json(3'153'600'001), json("60")}) {
    q["seconds"] = odd;
    EXPECT_EQ(error(q), "seconds must be a whole number of 1 to 3153600000") << odd;
  }
  q["seconds"] = 60;
  q["expr"] = "* * * * * ?";
  EXPECT_EQ(error(q), "unknown key \"expr\"; known are kind, seconds, anchor, after, count");
}

TEST(CronLines, EveryKeyHasAType) {
  for (const auto* key : {"expr", "tz", "after", "count"})
    EXPECT_EQ(error(without(key)), std::string{key} + " is missing");
  for (const auto* key : {"expr", "tz", "after", "gap", "overlap", "dst", "dialect", "kind"}) {
    EXPECT_EQ(error(daily({{key, 5}})), std::string{key} + " must be text");
    EXPECT_EQ(error(daily({{key, nullptr}})), "\"" + std::string{key} + "\" is text or a number, not null");
    EXPECT_EQ(error(daily({{key, json::array({1})}})), "\"" + std::string{key} + "\" is text or a number, not a list");
    EXPECT_EQ(error(daily({{key, json::object()}})), "\"" + std::string{key} + "\" is text or a number, not an object");
    EXPECT_EQ(error(daily({{key, true}})), "\"" + std::string{key} + "\" is text or a number, not true or false");
  }
  for (const json& odd : {json(0), json(-1), json(10'001), json(1.0), json("5"), json(UINT64_MAX), json(INT64_MIN)})
    EXPECT_EQ(error(daily({{"count", odd}})), "count must be a whole number of 1 to 10000") << odd;
  EXPECT_EQ(json::parse(answer_line(daily({{"count", 10'000}}).dump()))["next"].size(), 10'000u);
}

TEST(CronLines, WordsAreOfTheirLists) {
  EXPECT_EQ(error(daily({{"gap", "none"}})), "gap: \"none\" is unknown; known are skip, next, shift");
  EXPECT_EQ(error(daily({{"overlap", "Last"}})), "overlap: \"Last\" is unknown; known are first, last, both");
  EXPECT_EQ(error(daily({{"dst", "quartz"}})), "dst: \"quartz\" is unknown; known are vixie");
  EXPECT_EQ(error(daily({{"dialect", "spring"}})), "dialect: \"spring\" is unknown; known are quartz, unix");
  EXPECT_EQ(error(daily({{"kind", "every"}})), "kind: \"every\" is unknown; known are cron, fixrate");
  EXPECT_EQ(error(daily({{"gap", ""}})), "gap is empty: leave it out");
  EXPECT_EQ(error(daily({{"dst", "vixie"}, {"gap", "skip"}})),
            "dst: vixie decides gap and overlap itself: leave them out");
}

TEST(CronLines, KeysAreKnownAndStandOnce) {
  EXPECT_EQ(error(daily({{"timezone", "UTC"}})).substr(0, 22), "unknown key \"timezone\"");
  EXPECT_EQ(error(daily({{"exprr", "x"}})), "unknown key \"exprr\"; did you mean \"expr\"?");
  EXPECT_EQ(error(daily({{std::string(60'000, 'k'), 1}})).substr(0, 15), "unknown key \"kk");
  EXPECT_EQ(error(std::string{R"({"expr":"* * * * * ?","count":1,"expr":"x"})"}), "the key \"expr\" stands twice");
}

TEST(CronLines, ZonesAndInstantsAreChecked) {
  EXPECT_EQ(error(daily({{"tz", "Mars/Base"}})).substr(0, 21), "timezone: \"Mars/Base\"");
  for (const auto* zone : {"", "/etc/passwd", "../UTC", "localtime", "UTC ", "America", "utc\u0000"})
    EXPECT_EQ(error(daily({{"tz", zone}})).substr(0, 9), "timezone:") << zone;
  EXPECT_EQ(error(daily({{"tz", std::string(60'000, 'z')}})).substr(0, 9), "timezone:");
  EXPECT_EQ(error(daily({{"after", "yesterday"}})),
            "after: instant \"yesterday\" is not of the form 2026-12-01T09:00:00+08:00 (or ...Z)");
  EXPECT_EQ(error(daily({{"after", "2026-12-01T09:00:00"}})).substr(0, 6), "after:");
  for (const auto* t : {"0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01"})
    EXPECT_EQ(error(daily({{"after", t}})), "after: in UTC it is outside of the years 0000 to 9999");
  EXPECT_EQ(next(daily({{"after", "0000-01-01T00:00:00Z"}, {"count", 1}})), "1970-01-01T09:00:00Z");
  EXPECT_EQ(next(daily({{"after", "9999-12-31T23:59:59.999Z"}, {"count", 1}})), "");
}

TEST(CronLines, WhatIsNoFlatObjectIsRefused) {
  EXPECT_EQ(error(std::string{}), "the line is empty");
  EXPECT_EQ(error(std::string{" \t\r"}), "the line is empty");
  for (const auto* line : {"[]", "5", "\"x\"", "null", "true", "[[[[", "1e5"})
    EXPECT_EQ(error(std::string{line}), "a question is a JSON object") << line;
  for (const auto* line : {"{", "}", "{\"expr\"", "hello", "{'expr':1}", "{\"a\":1,}", "nul", "{\"a\":01}", "// x",
                           "{\"a\":\"\xff\"}", "\xff\xfe", "{\"a\":\"\\ud800\"}", "{\"a\":1e999}", "{\"a\":-}"})
    EXPECT_EQ(error(std::string{line}).substr(0, 9), "not JSON:") << line;
  EXPECT_EQ(error(daily().dump() + " {}").substr(0, 9), "not JSON:");
  EXPECT_EQ(error(daily().dump() + "]").substr(0, 9), "not JSON:");
}

TEST(CronLines, ANulByteIsNoEndOfTheLine) {
  auto line = daily().dump();
  line += '\0';
  EXPECT_EQ(error(line), "not JSON: column " + std::to_string(line.size()) + ": a NUL byte");
  EXPECT_EQ(error(line + "garbage").substr(0, 9), "not JSON:");
  EXPECT_EQ(error(daily({{"expr", std::string("0 0 9 * * ?\0", 12)}})).substr(0, 7), "column ");
}

TEST(CronLines, NoDepthOfNestingIsFollowed) {
  const std::string deep(60'000, '[');
  EXPECT_EQ(error(deep), "a question is a JSON object");
  EXPECT_EQ(error("{\"expr\":" + deep), "\"expr\" is text or a number, not a list");
  std::string objects;
  while (objects.size() < 60'000) objects += "{\"expr\":";
  EXPECT_EQ(error(objects), "\"expr\" is text or a number, not an object");
}

TEST(CronLines, AnswersAreShortUtf8WhateverTheQuestionHolds) {
  std::mt19937_64 random{1};
  const auto whole = daily({{"dialect", "unix"}, {"expr", "*/5 \xE2\x82\xAC 1,2 * @"}}).dump();
  for (int round = 0; round < 20'000; ++round) {
    auto line = whole;
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
      const auto at = random() % line.size();
      if (random() % 4 == 0)
        line.erase(at, 1 + random() % 8);
      else
        line[at] = static_cast<char>(random());
      if (line.empty()) line = "{";
    }
    const auto answer = answer_line(line);
    ASSERT_EQ(first_non_text(answer), std::nullopt);
    ASSERT_LT(answer.size(), 2'000u);
    const auto parsed = json::parse(answer);
    ASSERT_TRUE(parsed.size() == 1 && (parsed.contains("next") || parsed.contains("error"))) << answer;
  }
}

TEST(CronLines, EachLineHasItsAnswerInOrder) {
  std::string input;
  for (int day = 1; day <= 28; ++day)
    input += daily({{"expr", "0 0 9 " + std::to_string(day) + " 12 ? 2026"}}).dump() + (day % 2 ? "\n" : "\r\n");
  const auto lines = answers(input);
  ASSERT_EQ(lines.size(), 28u);
  for (int day = 1; day <= 28; ++day)
    EXPECT_EQ(lines[static_cast<std::size_t>(day - 1)],
              "{\"next\":[\"2026-12-" + std::string{day < 10 ? "0" : ""} + std::to_string(day) + "T09:00:00Z\"]}");
}

TEST(CronLines, EmptyLinesAndALastLineWithoutItsEndCount) {
  EXPECT_EQ(answers("").size(), 0u);
  EXPECT_EQ(answers("\n").size(), 1u);
  const auto lines = answers("\n" + daily().dump() + "\n\nx");
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[0], R"({"error":"the line is empty"})");
  EXPECT_EQ(lines[1].substr(0, 8), "{\"next\":");
  EXPECT_EQ(lines[2], lines[0]);
  EXPECT_EQ(lines[3].substr(0, 19), "{\"error\":\"not JSON:");
}

TEST(CronLines, ALineThatIsTooLongIsSkippedToItsEnd) {
  auto fits = daily().dump();
  fits += std::string(longest_line - fits.size(), ' ');
  const auto lines = answers(fits + "\n" + fits + " \n" + std::string(10'000'000, '{') + "\n" + daily().dump() + "\n");
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[0].substr(0, 8), "{\"next\":");
  EXPECT_EQ(lines[1], R"({"error":"the line is longer than 65536 bytes"})");
  EXPECT_EQ(lines[2], lines[1]);
  EXPECT_EQ(lines[3], lines[0]);
}

/// Counts how much had been read when each answer came.
class watched_output : public std::stringbuf {
public:
  explicit watched_output(std::istream& in) : in_(in) {}
  std::vector<std::streamoff> read_at_flush;

protected:
  int sync() override {
    read_at_flush.push_back(in_.rdbuf()->pubseekoff(0, std::ios::cur, std::ios::in));
    return 0;
  }

private:
  std::istream& in_;
};

TEST(CronLines, AnAnswerIsFlushedBeforeTheNextLineIsRead) {
  std::istringstream in{"a\nbc\n"};
  watched_output buffer{in};
  std::ostream out{&buffer};
  answer_lines(in, out);
  EXPECT_EQ(buffer.read_at_flush, (std::vector<std::streamoff>{2, 5}));
}

TEST(CronLines, AnOutputThatFailsEndsTheLoop) {
  std::istringstream in{"a\nb\n"};
  std::ostream out{nullptr};
  try {
    answer_lines(in, out);
    FAIL() << "it went on";
  } catch (const failure& e) {
    EXPECT_EQ(e.code, exit_code::failed);
    EXPECT_STREQ(e.what(), "the answers cannot be written");
  }
}

} // namespace
} // namespace xxl::cli
