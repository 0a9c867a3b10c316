#include "cli/explanation.hpp"

#include "cli/table.hpp"
#include "cli/words.hpp"
#include "config/duration.hpp"
#include "config/schedule_of.hpp"
#include "forecast/cron_words.hpp"
#include "protocol/overloaded.hpp"
#include "schedule/cron_parser.hpp"
#include "schedule/unix_cron.hpp"

#include <nlohmann/json.hpp>

#include <utility>
#include <variant>

namespace xxl::cli {
namespace {

using forecast::clock_change;
using forecast::fate;
using schedule::dst_policy;
using gap_rule = dst_policy::gap_rule;
using overlap_rule = dst_policy::overlap_rule;
using value = nlohmann::ordered_json;

constexpr std::size_t shown_fires = 5, shown_changes = 2;

std::string meaning_of(const schedule_spec& spec, const std::optional<forecast::cron_parts>& cron) {
  return std::visit(
      overloaded{
          [](const no_schedule&) { return std::string{"never by itself: runs only when it is triggered by hand"}; },
          [&](const cron_schedule& x) {
            return cron ? forecast::words_of(cron->pattern) + ", " + x.timezone
                        : x.expression + ", at whole multiples of it since 1970-01-01T00:00:00Z";
          },
          [](const every_schedule& x) {
            auto period = config::format_duration(x.every);
            return x.start ? "at " + time_text(*x.start) + " and every " + period + " after it"
                           : "every " + period + ", at whole multiples of it since 1970-01-01T00:00:00Z";
          },
          [](const after_schedule& x) {
            return config::format_duration(x.delay) + " after the end of its last run, whatever its outcome";
          },
          [](const at_schedule& x) { return "once, at " + time_text(x.at); },
      },
      spec.kind);
}

/// The local times that it names; none for an expression that is a fixed rate, or wrong.
std::optional<schedule::cron_pattern> pattern_of(const cron_schedule& x) {
  if (x.dialect == cron_dialect::quartz) {
    auto parsed = schedule::parse_cron(x.expression);
    auto* pattern = std::get_if<schedule::cron_pattern>(&parsed);
    return pattern ? std::optional{*pattern} : std::nullopt;
  }
  auto parsed = schedule::parse_unix_cron(x.expression);
  auto* unix_schedule = std::get_if<schedule::unix_schedule>(&parsed);
  auto* pattern = unix_schedule ? std::get_if<schedule::cron_pattern>(unix_schedule) : nullptr;
  return pattern ? std::optional{*pattern} : std::nullopt;
}

/// What narrows it, as facts of their own.
void add_limits(facts& f, const schedule_spec& spec) {
  if (spec.from) f.add("Not before", time_text(*spec.from));
  if (spec.until) f.add("Not after", time_text(*spec.until));
  if (spec.max_runs > 0) f.add("Runs", std::to_string(spec.max_runs) + " at most");
  if (spec.jitter.count() > 0)
    f.add("Jitter", "each fire starts up to " + config::format_duration(spec.jitter) +
                        " later, by its job and fire time, before the next one");
  if (spec.calendar.layers.empty()) return;
  auto text = spec.calendar.layers.back().name + ": fires that it excludes ";
  switch (spec.on_excluded) {
  case excluded_rule::skip: text += "are dropped"; break;
  case excluded_rule::next: text += "go to the next day and hours that it includes"; break;
  case excluded_rule::previous: text += "go to the previous day and hours that it includes"; break;
  }
  f.add("Calendar", text);
}

std::string gap_words(gap_rule rule) {
  switch (rule) {
  case gap_rule::skip: return "local times that the clocks skip do not fire";
  case gap_rule::next: return "local times that the clocks skip fire in the first minute after, at their own second";
  case gap_rule::shift: return "local times that the clocks skip fire as if the clocks had not changed yet";
  }
  return {};
}

std::string overlap_words(overlap_rule rule) {
  switch (rule) {
  case overlap_rule::first: return "local times that come twice fire the first time";
  case overlap_rule::last: return "local times that come twice fire the second time";
  case overlap_rule::both: return "local times that come twice fire both times";
  }
  return {};
}

std::string policy_name(gap_rule rule) {
  return rule == gap_rule::skip ? "skip" : rule == gap_rule::next ? "next" : "shift";
}
std::string policy_name(overlap_rule rule) {
  return rule == overlap_rule::first ? "first" : rule == overlap_rule::last ? "last" : "both";
}

/// "2026-03-29 02:30:00": a time of the clock on the wall, in no zone.
std::string wall_text(std::chrono::local_seconds t) {
  auto text = time_text(instant{t.time_since_epoch()});
  text[10] = ' ';
  return text.substr(0, 19);
}

std::string fate_text(const fate& f) {
  auto text = wall_text(f.local);
  if (f.fires.empty()) return text + " does not fire";
  text += f.fires.size() == 1 ? " fires once, at " : " fires twice, at ";
  for (std::size_t i = 0; i < f.fires.size(); ++i) text += (i == 0 ? "" : " and ") + time_text(f.fires[i]);
  return text;
}

std::string change_text(const clock_change& c, const schedule::zone& zone) {
  auto text = std::string{"\nClocks go "} + (c.gap() ? "forward" : "back") + " at " + time_text(instant{c.at}) + ": " +
              offset_text(c.before) + " becomes " + offset_text(c.after) + "\n";
  table t{{"", "FIRE", "LOCAL TIME"}};
  for (auto f : c.fires_before) t.add({"before", time_text(f), local_time_text(f, zone)});
  for (auto f : c.fires_after) t.add({"after", time_text(f), local_time_text(f, zone)});
  text += t.text();
  text += wall_text(c.first) + " until " + wall_text(c.end) + (c.gap() ? " is skipped: " : " comes twice: ");
  if (c.named == 0) return text + "the schedule names no time in it\n";
  text += "the schedule names " + std::to_string(c.named) +
          (c.named == 1   ? " time in it\n"
           : c.named == 2 ? " times in it\n"
                          : " times in it, the first and the last:\n");
  for (auto& f : c.fates) text += "  " + fate_text(f) + "\n";
  return text;
}

std::string fires_text(const explanation& e) {
  if (e.next.empty()) return "\nNo fire is to come by the schedule\n";
  table utc{{"NEXT FIRES"}}, local{{"NEXT FIRES", "LOCAL TIME"}};
  for (auto f : e.next) {
    if (e.zone)
      local.add({time_text(f), local_time_text(f, *e.zone)});
    else
      utc.add({time_text(f)});
  }
  return "\n" + (e.zone ? local : utc).text();
}

value times(const std::vector<instant>& fires, const schedule::zone* zone) {
  auto all = value::array();
  for (auto f : fires)
    all.push_back({{"utc", time_text(f)}, {"local", zone ? value(local_time_text(f, *zone)) : value(nullptr)}});
  return all;
}

value of(const clock_change& c, const schedule::zone& zone) {
  auto fates = value::array();
  for (auto& f : c.fates) fates.push_back({{"local", wall_text(f.local)}, {"fires", times(f.fires, &zone)}});
  return {{"at", time_text(instant{c.at})},
          {"kind", c.gap() ? "gap" : "overlap"},
          {"offset_before", offset_text(c.before)},
          {"offset_after", offset_text(c.after)},
          {"local_from", wall_text(c.first)},
          {"local_until", wall_text(c.end)},
          {"before", times(c.fires_before, &zone)},
          {"after", times(c.fires_after, &zone)},
          {"named", c.named},
          {"fates", fates}};
}

value of(const explanation& e) {
  value x{{"job", e.job.empty() ? value(nullptr) : value(e.job)},
          {"schedule", schedule_text(e.spec)},
          {"meaning", e.meaning},
          {"gap", nullptr},
          {"overlap", nullptr},
          {"next", times(e.next, e.zone.get())},
          {"changes", value::array()}};
  if (e.cron) {
    auto dst = e.cron->dst.applied(e.cron->pattern.interval_like);
    x["gap"] = policy_name(dst.gap);
    x["overlap"] = policy_name(dst.overlap);
  }
  for (auto& c : e.changes) x["changes"].push_back(of(c, *e.zone));
  return x;
}

} // namespace

explanation explain(std::string job, const schedule_spec& spec, const schedule::timetable& when, instant now) {
  explanation e{std::move(job), spec, {}, nullptr, std::nullopt, {}, {}};
  if (auto* x = std::get_if<cron_schedule>(&spec.kind)) {
    if (auto pattern = pattern_of(*x)) e.cron = forecast::cron_parts{*pattern, config::dst_of(*x)};
    e.zone = schedule::zone::find(x->timezone);
  }
  e.meaning = meaning_of(spec, e.cron);
  for (auto fire = when.next(now); fire && e.next.size() < shown_fires; fire = when.next(*fire))
    e.next.push_back(*fire);
  if (e.cron && e.zone) e.changes = forecast::clock_changes(when, &*e.cron, *e.zone, now, shown_changes);
  return e;
}

std::string render(const explanation& e) {
  facts f;
  if (!e.job.empty()) f.add("Job", e.job);
  f.add("Schedule", schedule_text(e.spec));
  f.add("Meaning", e.meaning);
  add_limits(f, e.spec);
  if (e.cron) {
    auto dst = e.cron->dst.applied(e.cron->pattern.interval_like);
    f.add("Gap", policy_name(dst.gap) + ": " + gap_words(dst.gap));
    f.add("Overlap", policy_name(dst.overlap) + ": " + overlap_words(dst.overlap));
    f.add("Zone data", schedule::tzdb_version());
  }
  auto text = f.text() + fires_text(e);
  if (e.cron && e.zone && e.changes.empty()) text += "\nThe clocks of this zone do not change any more\n";
  for (auto& c : e.changes) text += change_text(c, *e.zone);
  return text;
}

std::string json(const std::vector<explanation>& all) {
  auto list = value::array();
  for (auto& e : all) list.push_back(of(e));
  return list.dump(2, ' ', false, value::error_handler_t::replace) + "\n";
}

} // namespace xxl::cli
