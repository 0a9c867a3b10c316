#include "cli/cron_query.hpp"

#include "cli/exit_code.hpp"
#include "config/schedule_of.hpp"

namespace xxl::cli {
namespace {

/// The value of that name, or `unsaid` if there is none.
template <class Enum> Enum named(const char* what, const std::string& word, Enum unsaid) {
  if (word.empty()) return unsaid;
  if (auto value = from_name<Enum>(word)) return *value;
  throw failure{exit_code::usage,
                std::string{what} + ": \"" + word.substr(0, 64) + "\" is unknown; known are " + names_of<Enum>()};
}

} // namespace

cron_schedule schedule_of(const cron_words& w) {
  cron_schedule cron{w.expression, w.timezone};
  cron.dialect = named("dialect", w.dialect, cron.dialect);
  cron.gap = named("gap", w.gap, cron.gap);
  cron.overlap = named("overlap", w.overlap, cron.overlap);
  if (!w.dst.empty() && w.dst != "vixie")
    throw failure{exit_code::usage, "dst: \"" + w.dst.substr(0, 64) + "\" is unknown; known are vixie"};
  cron.vixie = !w.dst.empty();
  if (cron.vixie && !(w.gap.empty() && w.overlap.empty()))
    throw failure{exit_code::usage, "dst: vixie decides gap and overlap itself: leave them out"};
  return cron;
}

std::variant<schedule::timetable, schedule::parse_error> timetable_of(const cron_words& words) {
  return config::timetable_of(schedule_of(words));
}

std::vector<instant> fires_after(const schedule::timetable& t, instant after, std::int64_t count) {
  std::vector<instant> fires;
  for (; count > 0; --count) {
    const auto fire = t.next(after);
    if (!fire || *fire > last_instant) break;
    fires.push_back(*fire);
    after = *fire;
  }
  return fires;
}

std::vector<instant> named_fires_after(const schedule::timetable& t, instant after, std::int64_t count) {
  const auto day = [](instant fire) { return std::chrono::floor<std::chrono::days>(fire); };
  auto fires = fires_after(t, after, count);
  std::int64_t times = 0;
  for (std::size_t i = 0; i < fires.size(); ++i) {
    if (times >= count && day(fires[i]) != day(fires[i - 1])) {
      fires.resize(i);
      break;
    }
    times += t.named(fires[i]);
  }
  return fires;
}

} // namespace xxl::cli
