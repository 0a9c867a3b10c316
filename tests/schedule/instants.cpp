#include "tests/schedule/instants.hpp"

#include <array>
#include <cstdio>
#include <stdexcept>

namespace xxl::schedule::test {

using std::chrono::milliseconds;
using std::chrono::sys_days;

instant utc(std::string_view text) {
  const std::string s{text};
  int y = 0, used = 0, ms = 0;
  unsigned mo = 0, d = 0, h = 0, mi = 0, sec = 0;
  if (std::sscanf(s.c_str(), "%4d-%2u-%2uT%2u:%2u:%2u%n", &y, &mo, &d, &h, &mi, &sec, &used) != 6)
    throw std::invalid_argument("not an instant: " + s);
  auto rest = s.substr(static_cast<std::size_t>(used));
  if (rest.size() == 5 && rest[0] == '.') {
    ms = std::stoi(rest.substr(1, 3));
    rest = rest.substr(4);
  }
  if (rest != "Z") throw std::invalid_argument("not an instant: " + s);
  const std::chrono::year_month_day date{std::chrono::year{y}, std::chrono::month{mo}, std::chrono::day{d}};
  return sys_days{date} + std::chrono::hours{h} + std::chrono::minutes{mi} + std::chrono::seconds{sec} +
         milliseconds{ms};
}

std::string text(instant t) {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{t - day};
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02ld:%02ld:%02ld", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                time.minutes().count(), time.seconds().count());
  std::string result{out.data()};
  if (const auto ms = time.subseconds().count(); ms != 0) {
    std::snprintf(out.data(), out.size(), ".%03ld", ms);
    result += out.data();
  }
  return result + "Z";
}

timetable make_cron(std::string_view expression, std::string_view zone, dst_policy dst) {
  auto made = cron(expression, zone, dst);
  if (const auto* error = std::get_if<parse_error>(&made))
    throw std::invalid_argument(std::string(expression) + ": " + error->message);
  return std::get<timetable>(made);
}

std::vector<instant> walk(const timetable& t, instant after, std::size_t count) {
  std::vector<instant> result;
  while (result.size() < count) {
    const auto fire = t.next(after);
    if (!fire) break;
    if (*fire <= after) throw std::logic_error(text(*fire) + " is not later than " + text(after));
    result.push_back(*fire);
    after = *fire;
  }
  return result;
}

std::vector<std::string> fires(const timetable& t, std::string_view after, std::size_t count) {
  std::vector<std::string> result;
  for (const auto fire : walk(t, utc(after), count)) result.push_back(text(fire));
  return result;
}

} // namespace xxl::schedule::test
