#include "cli/words.hpp"

#include "config/duration.hpp"
#include "config/problem.hpp"
#include "protocol/overloaded.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace xxl::cli {

std::string time_text(instant t) {
  auto day = std::chrono::floor<std::chrono::days>(t);
  std::chrono::year_month_day date{day};
  std::chrono::hh_mm_ss time{t - day};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return text.data();
}

std::string time_text(const std::optional<instant>& t) { return t ? time_text(*t) : std::string{}; }

std::string offset_text(std::chrono::seconds offset) {
  std::chrono::hh_mm_ss part{std::chrono::abs(offset)};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), part.seconds().count() == 0 ? "%c%02d:%02d" : "%c%02d:%02d:%02d",
                offset < std::chrono::seconds{0} ? '-' : '+', static_cast<int>(part.hours().count()),
                static_cast<int>(part.minutes().count()), static_cast<int>(part.seconds().count()));
  return text.data();
}

std::string local_time_text(instant t, const schedule::zone& zone) {
  auto i = std::min(zone.index_of(std::chrono::floor<std::chrono::seconds>(t)), zone.size() - 1);
  auto text = time_text(t + zone[i].offset);
  text.pop_back(); // the Z
  return text + offset_text(zone[i].offset);
}

namespace {

std::string cron_text(const cron_schedule& x) {
  auto text = "cron " + x.expression + " " + x.timezone;
  if (x.dialect != cron_dialect::quartz) text += ", dialect " + to_string(x.dialect);
  if (x.vixie) return text + ", dst vixie";
  if (x.gap != gap_rule::skip) text += ", gap " + to_string(x.gap);
  if (x.overlap != overlap_rule::last) text += ", overlap " + to_string(x.overlap);
  return text;
}

std::string kind_text(const schedule_kind& kind) {
  return std::visit(overloaded{
                        [](const no_schedule&) { return std::string{"none"}; },
                        [](const cron_schedule& x) { return cron_text(x); },
                        [](const every_schedule& x) {
                          auto text = "every " + config::format_duration(x.every);
                          return x.start ? text + " from " + time_text(*x.start) : text;
                        },
                        [](const after_schedule& x) { return "after " + config::format_duration(x.delay); },
                        [](const at_schedule& x) { return "at " + time_text(x.at); },
                    },
                    kind);
}

} // namespace

std::string schedule_text(const schedule_spec& s) {
  auto text = kind_text(s.kind);
  if (s.from) text += ", not before " + time_text(*s.from);
  if (s.until) text += ", not after " + time_text(*s.until);
  if (s.max_runs > 0) text += ", " + std::to_string(s.max_runs) + (s.max_runs == 1 ? " run" : " runs") + " at most";
  if (s.jitter.count() > 0) text += ", jitter " + config::format_duration(s.jitter);
  if (!s.calendar.layers.empty())
    text += ", calendar " + s.calendar.layers.back().name + " (on_excluded " + to_string(s.on_excluded) + ")";
  return text;
}

std::string misfire_text(const job_spec& spec) {
  auto text = to_string(spec.misfire);
  if (spec.misfire == misfire_policy::fire_all) text += ", at most " + std::to_string(spec.misfire_cap);
  if (spec.misfire_deadline.count() > 0)
    text += ", nothing later than " + config::format_duration(spec.misfire_deadline);
  return text;
}

std::string located(const std::string& expression, const schedule::parse_error& error) {
  const config::source_text source{"expression", expression};
  config::problem_list problems;
  problems.add(source, source.at(error.column - 1), error.message);
  return config::report(problems);
}

std::string work_text(const work_spec& w) {
  if (auto* handler = std::get_if<handler_work>(&w)) return "handler " + handler->name;
  return to_string(std::get<script_work>(w).language) + " script";
}

std::string job_state_text(const job_view& j) {
  auto text = std::string{j.paused ? "paused" : ""};
  auto add = [&text](const char* more) { text += (text.empty() ? "" : ", ") + std::string{more}; };
  if (!j.spec.enabled) add("disabled");
  if (!j.problem.empty()) add("unusable");
  return text.empty() ? "active" : text;
}

std::string next_text(const job_view& j) { return j.awaits_end ? "after the run" : time_text(j.next); }

std::string state_text(const trigger_view& t) {
  auto text = to_string(t.state);
  return t.reason == state_reason::none ? text : text + " (" + to_string(t.reason) + ")";
}

std::string lateness_text(const trigger_view& t) {
  return t.started ? config::format_duration(*t.started - t.planned) : std::string{};
}

std::string duration_text(const trigger_view& t) {
  return t.started && t.ended ? config::format_duration(*t.ended - *t.started) : std::string{};
}

std::string retries_text(const retry_rule& r) {
  if (r.retries == 0) return "none";
  std::string on;
  auto add = [&](bool yes, trigger_state state) {
    if (yes) on += (on.empty() ? "" : ", ") + xxl::to_string(state);
  };
  add(r.on_failed, trigger_state::failed);
  add(r.on_timed_out, trigger_state::timed_out);
  add(r.on_lost, trigger_state::lost);
  return std::to_string(r.retries) + " on " + on;
}

std::string millis_text(std::chrono::milliseconds d) { return std::to_string(d.count()) + " ms"; }

std::string ago_text(instant now, instant then) {
  auto passed = now - then;
  if (passed < std::chrono::milliseconds{100}) return "now";
  auto tenths = passed.count() / 100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s ago";
}

std::string yes_no(bool x) { return x ? "yes" : "no"; }

} // namespace xxl::cli
