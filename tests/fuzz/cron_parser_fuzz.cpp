// Any bytes as a cron expression: an error says where, and what is accepted keeps the promises of cron_pattern.hpp.

#include "schedule/cron_parser.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace xxl::schedule {
namespace {

void demand(bool kept, const char* promise) {
  if (kept) return;
  std::fprintf(stderr, "broken: %s\n", promise);
  std::abort();
}

bool within(std::uint64_t set, unsigned first, unsigned last) {
  return (set >> first << first) == set && set >> last < 2;
}

void check(const parse_error& error, std::string_view text) {
  demand(!error.message.empty(), "an error says why");
  demand(error.column >= 1 && error.column <= text.size() + 1, "an error's column lies in the text or just behind it");
}

void check(const cron_pattern& p) {
  demand(p.seconds != 0 && within(p.seconds, 0, 59), "there are seconds, of 0-59");
  demand(p.minutes != 0 && within(p.minutes, 0, 59), "there are minutes, of 0-59");
  demand(p.hours != 0 && within(p.hours, 0, 23), "there are hours, of 0-23");
  demand(p.months != 0 && within(p.months, 1, 12), "there are months, of 1-12");
  for (int year = first_year; year <= last_year; year += 7)
    for (unsigned month = 1; month <= 12; ++month) {
      const std::chrono::year_month_day_last end{std::chrono::year{year},
                                                 std::chrono::month_day_last{std::chrono::month{month}}};
      demand(within(p.days_of({end.year(), end.month()}), 1, static_cast<unsigned>(end.day())),
             "days lie in their month");
    }
  const auto fire = p.next(std::chrono::local_seconds::min());
  demand(fire == cron_pattern::never || p.matches(fire), "what next finds matches");
  demand((fire == cron_pattern::never) ==
             (p.count(std::chrono::local_seconds::min(), std::chrono::local_seconds::max()) == 0),
         "count counts what next finds");
}

void check(const std::variant<cron_pattern, parse_error>& parsed, std::string_view text) {
  if (const auto* error = std::get_if<parse_error>(&parsed))
    check(*error, text);
  else
    check(std::get<cron_pattern>(parsed));
}

/// In capitals, with other blanks.
std::string rewritten(std::string_view text) {
  std::string result{"\t"};
  for (const char c : text) {
    result += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (c == ' ' || c == '\t') result += ' ';
  }
  return result;
}

} // namespace
} // namespace xxl::schedule

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace xxl::schedule;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto parsed = parse_cron(text), again = parse_cron(rewritten(text));
  check(parsed, text);
  demand(parsed.index() == again.index(), "case and blanks do not matter");
  if (const auto* p = std::get_if<cron_pattern>(&parsed))
    demand(p->next(std::chrono::local_seconds{}) == std::get<cron_pattern>(again).next(std::chrono::local_seconds{}),
           "case and blanks do not matter");
  return 0;
}
