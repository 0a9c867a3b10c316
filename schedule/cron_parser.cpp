#include "schedule/cron_parser.hpp"

#include "schedule/cron_field.hpp"

#include <string>
#include <utility>
#include <vector>

namespace xxl::schedule {

namespace {

void check_field_count(const std::vector<field_text>& fields) {
  if (fields.size() == 6 || fields.size() == 7) return;
  auto why = "6 or 7 fields are needed (second minute hour day-of-month month day-of-week [year]), not " +
             std::to_string(fields.size());
  if (fields.size() == 5)
    why +=
        "; seconds come first and one of the day fields is ?, or write dialect: unix for the five fields of Unix cron";
  else if (!fields.empty() && fields[0].text.starts_with('@'))
    why += "; " + std::string(fields[0].text.substr(0, 16)) + " belongs to dialect: unix";
  throw parse_error{why, fields.size() > 7 ? fields[7].column : column_after(fields)};
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
  const auto fields = split_fields(expression);
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
  p.days_by = by_week ? cron_pattern::day_rule::week : cron_pattern::day_rule::month;
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
