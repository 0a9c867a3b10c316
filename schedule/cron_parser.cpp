#include "schedule/cron_parser.hpp"

#include "schedule/cron_field.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace xxl::schedule {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::vector<field_text> split(std::string_view expression) {
  std::vector<field_text> fields;
  for (std::size_t i = 0; i < expression.size();) {
    if (is_blank(expression[i])) {
      ++i;
      continue;
    }
    const auto end = static_cast<std::size_t>(
        std::find_if(expression.begin() + static_cast<std::ptrdiff_t>(i), expression.end(), is_blank) -
        expression.begin());
    fields.push_back({expression.substr(i, end - i), i + 1});
    i = end;
  }
  return fields;
}

void check_field_count(const std::vector<field_text>& fields) {
  if (fields.size() == 6 || fields.size() == 7) return;
  auto why = "6 or 7 fields are needed (second minute hour day-of-month month day-of-week [year]), not " +
             std::to_string(fields.size());
  if (fields.size() == 5) why += "; unlike Unix cron, seconds come first and one of the day fields is ?";
  throw parse_error{why, fields.size() > 7 ? fields[7].column
                         : fields.empty()  ? 1
                                           : fields.back().column + fields.back().text.size()};
}

void read_month_days(const field_text& in, cron_pattern& p) {
  const auto days = read_field(cron_field::day_of_month, in);
  p.days = days.values.low();
  p.days_weekday = days.days_weekday.low();
  p.from_end = days.from_end.low();
  p.from_end_weekday = days.from_end_weekday.low();
}

void read_week_days(const field_text& in, cron_pattern& p) {
  const auto week = read_field(cron_field::day_of_week, in);
  p.weekdays = week.values.low() >> 1; // SUN is 1 in the text, bit 0 in the set
  p.nth = week.nth;
  p.last_of_month = week.last_of_month;
}

cron_pattern parse(std::string_view expression) {
  const auto fields = split(expression);
  check_field_count(fields);
  cron_pattern p;
  p.seconds = read_field(cron_field::second, fields[0]).values.low();
  const auto minutes = read_field(cron_field::minute, fields[1]);
  const auto hours = read_field(cron_field::hour, fields[2]);
  p.minutes = minutes.values.low();
  p.hours = hours.values.low();
  p.interval_like = minutes.stepped_or_all || hours.stepped_or_all;
  const bool by_month = fields[3].text != "?", by_week = fields[5].text != "?";
  if (by_month) read_month_days(fields[3], p);
  p.months = read_field(cron_field::month, fields[4]).values.low();
  if (by_week) read_week_days(fields[5], p);
  if (by_month == by_week)
    throw parse_error{"day-of-week: exactly one of day-of-month and day-of-week must be ?, here " +
                          std::string(by_week ? "neither is" : "both are"),
                      fields[5].column};
  p.by_weekday = by_week;
  p.years = read_field(cron_field::year, fields.size() == 7 ? fields[6] : field_text{"*", 1}).values;
  return p;
}

} // namespace

std::variant<cron_pattern, parse_error> parse_cron(std::string_view expression) {
  try {
    return parse(expression);
  } catch (parse_error& e) {
    return std::move(e);
  }
}

} // namespace xxl::schedule
