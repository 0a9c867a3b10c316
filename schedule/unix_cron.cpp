#include "schedule/unix_cron.hpp"

#include "schedule/cron_field.hpp"
#include "schedule/duration.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace xxl::schedule {

namespace {

constexpr std::chrono::milliseconds shortest_period{100};

constexpr std::string_view needed = "5 fields are needed (minute hour day-of-month month day-of-week), not ";

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> macros{{{"@yearly", "0 0 1 1 *"},
                                                                               {"@annually", "0 0 1 1 *"},
                                                                               {"@monthly", "0 0 1 * *"},
                                                                               {"@weekly", "0 0 * * 0"},
                                                                               {"@daily", "0 0 * * *"},
                                                                               {"@midnight", "0 0 * * *"},
                                                                               {"@hourly", "0 * * * *"}}};

constexpr std::string_view macro_names =
    "@yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly and @every DURATION";

std::string lower(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

void check_field_count(const std::vector<field_text>& fields) {
  if (fields.size() == 5) return;
  auto why = std::string(needed) + std::to_string(fields.size());
  if (fields.size() == 6 || fields.size() == 7) why += "; seconds and years belong to dialect: quartz";
  throw parse_error{why, fields.size() > 5 ? fields[5].column : column_after(fields)};
}

cron_pattern read_fields(const std::vector<field_text>& fields) {
  check_field_count(fields);
  const auto read = [&](cron_field which, std::size_t i) {
    return read_field(which, fields[i], cron_dialect::unix_cron);
  };
  cron_pattern p;
  p.seconds = 1;
  const auto minutes = read(cron_field::minute, 0), hours = read(cron_field::hour, 1);
  p.minutes = minutes.values.low();
  p.hours = hours.values.low();
  p.interval_like = minutes.stepped_or_all || hours.stepped_or_all;
  p.days = read(cron_field::day_of_month, 2).values.low();
  p.months = read(cron_field::month, 3).values.low();
  const auto weekdays = read(cron_field::day_of_week, 4).values.low();
  p.weekdays = (weekdays | weekdays >> 7) & 0x7f; // 7 is Sunday too
  const bool both_restricted = !fields[2].text.starts_with('*') && !fields[4].text.starts_with('*');
  p.days_by = both_restricted ? cron_pattern::day_rule::either : cron_pattern::day_rule::both;
  p.years = read_field(cron_field::year, {"*", 1}).values;
  return p;
}

std::chrono::milliseconds read_every(const std::vector<field_text>& words) {
  if (words.size() == 1) throw parse_error{"@every: a duration must follow, such as @every 30s", column_after(words)};
  if (words.size() > 2)
    throw parse_error{"@every: a duration is one word, such as 1m30s; unexpected \"" + std::string(words[2].text) + '"',
                      words[2].column};
  const auto period = parse_duration(words[1].text);
  if (const auto* why = std::get_if<std::string>(&period)) throw parse_error{"@every: " + *why, words[1].column};
  const auto length = std::get<std::chrono::milliseconds>(period);
  if (length < shortest_period)
    throw parse_error{"@every: " + std::string(words[1].text) + " is shorter than " + format_duration(shortest_period),
                      words[1].column};
  return length;
}

unix_schedule read_macro(const std::vector<field_text>& words) {
  const auto name = lower(words[0].text);
  if (name == "@every") return read_every(words);
  if (name == "@reboot")
    throw parse_error{"@reboot names no instant: a job fires by time, whatever is started", words[0].column};
  const auto macro = std::ranges::find(macros, std::string_view{name}, [](const auto& m) { return m.first; });
  if (macro == macros.end())
    throw parse_error{"\"" + std::string(words[0].text) + "\" is unknown; known are " + std::string(macro_names),
                      words[0].column};
  if (words.size() > 1) throw parse_error{std::string(macro->first) + " stands alone", words[1].column};
  return read_fields(split_fields(macro->second));
}

unix_schedule parse(std::string_view expression) {
  const auto words = split_fields(expression);
  if (!words.empty() && words[0].text.starts_with('@')) return read_macro(words);
  return read_fields(words);
}

} // namespace

std::variant<unix_schedule, parse_error> parse_unix_cron(std::string_view expression) {
  try {
    return parse(expression);
  } catch (parse_error& e) {
    return std::move(e);
  }
}

} // namespace xxl::schedule
