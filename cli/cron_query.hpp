#pragma once
// Questions about the fires of one schedule, in the words of those who ask.

#include "protocol/job_spec.hpp"
#include "schedule/timetable.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace xxl::cli {

/// A cron schedule as it was asked for: words, not checked yet. Empty words say nothing.
struct cron_words {
  std::string expression;
  std::string timezone = "UTC";
  std::string dialect; ///< quartz (so if empty), unix
  std::string gap;     ///< skip, next, shift
  std::string overlap; ///< first, last, both
  std::string dst;     ///< vixie, which decides gap and overlap
};

/// As a job would have it. Throws failure (usage), which begins with the word's name ("gap: …"), if a word is none of
/// its list.
cron_schedule schedule_of(const cron_words& words);

/// Its fires; throws as schedule_of() does.
std::variant<schedule::timetable, schedule::parse_error> timetable_of(const cron_words& words);

/// What RFC 3339 can write in UTC.
inline constexpr instant first_instant{std::chrono::sys_days{std::chrono::year{0} / 1 / 1}};
inline constexpr instant last_instant =
    instant{std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1}} - std::chrono::milliseconds{1};

inline constexpr std::int64_t most_fires = 10'000; ///< that one question may ask for

/// The first `count` fires after `after`; fewer where the schedule or the year 9999 ends.
std::vector<instant> fires_after(const schedule::timetable& t, instant after, std::int64_t count);

/// The same, but counted as the record of Quartz's answers under other DST rules is (tests/schedule/oracle): the search
/// goes by days of UTC and ends with the day in which `count` local times have been named, those of a gap included
/// (schedule::timetable::named). So there are fewer fires where moved times came to one instant, unless that last day
/// has more. Without moved times it is fires_after().
std::vector<instant> named_fires_after(const schedule::timetable& t, instant after, std::int64_t count);

} // namespace xxl::cli
