#include "config/spec_json.hpp"

#include "protocol/overloaded.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace xxl::config {
namespace {

using nlohmann::json;

json cron_json(const cron_schedule& x) {
  json out{{"cron", x.expression}, {"timezone", x.timezone}};
  const cron_schedule plain;
  if (x.dialect != plain.dialect) out["dialect"] = to_string(x.dialect);
  if (x.gap != plain.gap) out["gap"] = to_string(x.gap);
  if (x.overlap != plain.overlap) out["overlap"] = to_string(x.overlap);
  if (x.vixie) out["dst"] = "vixie";
  return out;
}

json kind_json(const schedule_kind& kind) {
  return std::visit(overloaded{
                        [](const no_schedule&) { return json("none"); },
                        [](const cron_schedule& x) { return cron_json(x); },
                        [](const every_schedule& x) {
                          json out{{"every", x.every.count()}};
                          if (x.start) out["start"] = to_ms(*x.start);
                          return out;
                        },
                        [](const after_schedule& x) {
                          return json{{"after", x.delay.count()}};
                        },
                        [](const at_schedule& x) {
                          return json{{"at", to_ms(x.at)}};
                        },
                    },
                    kind);
}

json calendar_json(const calendar_spec& calendar) {
  auto layers = json::array();
  for (auto& x : calendar.layers) {
    json layer{{"name", x.name}};
    if (!x.exclude.empty()) layer["exclude"] = x.exclude;
    if (!x.include.empty()) layer["include"] = x.include;
    if (x.exclude_weekdays != 0) layer["exclude_weekdays"] = x.exclude_weekdays;
    if (!x.hours.empty()) layer["hours"] = x.hours;
    if (!x.bases.empty()) layer["calendars"] = x.bases;
    layers.push_back(std::move(layer));
  }
  return layers;
}

json schedule_json(const schedule_spec& schedule) {
  auto out = kind_json(schedule.kind);
  if (!out.is_object()) return out;
  if (schedule.from) out["from"] = to_ms(*schedule.from);
  if (schedule.until) out["until"] = to_ms(*schedule.until);
  if (schedule.max_runs != 0) out["max_runs"] = schedule.max_runs;
  if (schedule.jitter.count() != 0) out["jitter"] = schedule.jitter.count();
  if (!schedule.calendar.layers.empty()) {
    out["calendar"] = calendar_json(schedule.calendar);
    out["calendar_zone"] = schedule.calendar_zone;
    out["on_excluded"] = to_string(schedule.on_excluded);
  }
  return out;
}

/// What is wrong with the text; becomes from_json's error.
struct unreadable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string text_at(const json& in, const char* key, std::string fallback = {}) {
  auto it = in.find(key);
  if (it == in.end()) return fallback;
  if (!it->is_string()) throw unreadable{std::string{key} + " is not text"};
  return it->get<std::string>();
}

std::int64_t number_at(const json& in, const char* key, std::int64_t fallback, const char* what) {
  auto it = in.find(key);
  if (it == in.end()) return fallback;
  // A number above 2^63 would wrap around in get().
  if (!it->is_number_integer() || (it->is_number_unsigned() && it->get<std::uint64_t>() > INT64_MAX))
    throw unreadable{std::string{key} + " is not " + what};
  return it->get<std::int64_t>();
}

std::int64_t ms_at(const json& in, const char* key, std::int64_t fallback = 0) {
  return number_at(in, key, fallback, "a whole number of milliseconds");
}

std::optional<instant> time_at(const json& in, const char* key) {
  return in.contains(key) ? std::optional{from_ms(ms_at(in, key))} : std::nullopt;
}

template <class Enum> Enum name_at(const json& in, const char* key, Enum fallback) {
  auto it = in.find(key);
  if (it == in.end()) return fallback;
  auto name = text_at(in, key);
  if (auto value = from_name<Enum>(name)) return *value;
  throw unreadable{std::string{key} + " \"" + name.substr(0, 64) + "\" is unknown; known are " + names_of<Enum>()};
}

cron_schedule cron_at(const json& in) {
  cron_schedule cron{text_at(in, "cron"), text_at(in, "timezone", "UTC")};
  cron.dialect = name_at(in, "dialect", cron.dialect);
  cron.gap = name_at(in, "gap", cron.gap);
  cron.overlap = name_at(in, "overlap", cron.overlap);
  if (auto dst = text_at(in, "dst"); !dst.empty()) {
    if (dst != "vixie") throw unreadable{"dst \"" + dst.substr(0, 64) + "\" is not vixie"};
    cron.vixie = true;
  }
  return cron;
}

schedule_kind kind_at(const json& in) {
  if (in.contains("cron")) return cron_at(in);
  if (in.contains("every")) return every_schedule{std::chrono::milliseconds{ms_at(in, "every")}, time_at(in, "start")};
  if (in.contains("after")) return after_schedule{std::chrono::milliseconds{ms_at(in, "after")}};
  if (in.contains("at")) return at_schedule{from_ms(ms_at(in, "at"))};
  throw unreadable{"schedule is none of none, cron, every, after, at"};
}

template <class T> std::vector<T> list_at(const json& in, const char* key) {
  auto it = in.find(key);
  return it == in.end() ? std::vector<T>{} : it->get<std::vector<T>>();
}

calendar_spec calendar_at(const json& in) {
  calendar_spec calendar;
  auto it = in.find("calendar");
  if (it == in.end()) return calendar;
  if (!it->is_array()) throw unreadable{"calendar is not a list"};
  for (auto& layer : *it) {
    if (!layer.is_object()) throw unreadable{"calendar is not a list of objects"};
    auto days = number_at(layer, "exclude_weekdays", 0, "a set of weekdays");
    if (days < 0 || days > 0x7f) throw unreadable{"exclude_weekdays is not a set of weekdays"};
    calendar.layers.push_back({text_at(layer, "name"), list_at<std::string>(layer, "exclude"),
                               list_at<std::string>(layer, "include"), static_cast<std::uint8_t>(days),
                               list_at<std::string>(layer, "hours"), list_at<std::uint16_t>(layer, "calendars")});
  }
  return calendar;
}

schedule_spec schedule_at(const json& in) {
  auto it = in.find("schedule");
  if (it == in.end() || *it == "none") return no_schedule{};
  if (!it->is_object()) throw unreadable{"schedule is none of none, cron, every, after, at"};
  schedule_spec schedule{kind_at(*it)};
  schedule.from = time_at(*it, "from");
  schedule.until = time_at(*it, "until");
  schedule.max_runs = number_at(*it, "max_runs", 0, "a whole number");
  schedule.jitter = std::chrono::milliseconds{ms_at(*it, "jitter")};
  schedule.calendar = calendar_at(*it);
  schedule.calendar_zone = text_at(*it, "calendar_zone");
  schedule.on_excluded = name_at(*it, "on_excluded", schedule.on_excluded);
  return schedule;
}

work_spec work_at(const json& in) {
  if (in.contains("handler")) return handler_work{text_at(in, "handler")};
  auto it = in.find("script");
  if (it == in.end()) throw unreadable{"neither handler nor script is there"};
  if (!it->is_object()) throw unreadable{"script is not an object"};
  return script_work{name_at(*it, "language", script_language::shell), text_at(*it, "source")};
}

retry_rule retry_at(const json& in) {
  retry_rule rule;
  auto it = in.find("retries");
  if (it == in.end()) return rule;
  if (!it->is_number_unsigned() || it->get<std::uint64_t>() > retry_rule::most)
    throw unreadable{"retries is not a whole number from 0 to " + std::to_string(retry_rule::most)};
  rule.retries = it->get<std::int16_t>();
  auto on = in.find("retry_on");
  if (on == in.end()) return rule;
  rule.on_failed = rule.on_timed_out = rule.on_lost = false;
  if (!on->is_array()) throw unreadable{"retry_on is not a list"};
  for (auto& end : *on) {
    if (end == "failed")
      rule.on_failed = true;
    else if (end == "timed_out")
      rule.on_timed_out = true;
    else if (end == "lost")
      rule.on_lost = true;
    else
      throw unreadable{"retry_on has something that is none of failed, timed_out, lost"};
  }
  return rule;
}

json retry_on_json(const retry_rule& rule) {
  auto on = json::array();
  if (rule.on_failed) on.push_back("failed");
  if (rule.on_timed_out) on.push_back("timed_out");
  if (rule.on_lost) on.push_back("lost");
  return on;
}

job_spec spec_of(const json& in) {
  if (!in.is_object()) throw unreadable{"it is not an object"};
  job_spec spec;
  spec.group = text_at(in, "group");
  spec.name = text_at(in, "name");
  spec.schedule = schedule_at(in);
  spec.work = work_at(in);
  spec.params = text_at(in, "params");
  spec.route = name_at(in, "route", spec.route);
  spec.block = name_at(in, "block", spec.block);
  spec.misfire = name_at(in, "misfire", spec.misfire);
  auto cap = number_at(in, "misfire_cap", spec.misfire_cap, "a whole number");
  if (cap < 1 || cap > job_spec::most_misfire_cap) throw unreadable{"misfire_cap is out of range"};
  spec.misfire_cap = static_cast<std::int32_t>(cap);
  spec.misfire_deadline = std::chrono::milliseconds{ms_at(in, "misfire_deadline")};
  spec.timeout = std::chrono::milliseconds{ms_at(in, "timeout")};
  spec.retry = retry_at(in);
  spec.owner = text_at(in, "owner");
  if (auto it = in.find("enabled"); it != in.end()) {
    if (!it->is_boolean()) throw unreadable{"enabled is neither true nor false"};
    spec.enabled = it->get<bool>();
  }
  return spec;
}

} // namespace

std::string to_json(const job_spec& spec) {
  json out{
      {"group", spec.group},
      {"name", spec.name},
      {"schedule", schedule_json(spec.schedule)},
      {"params", spec.params},
      {"route", to_string(spec.route)},
      {"block", to_string(spec.block)},
      {"misfire", to_string(spec.misfire)},
      {"timeout", spec.timeout.count()},
      {"owner", spec.owner},
      {"enabled", spec.enabled},
  };
  if (spec.misfire == misfire_policy::fire_all) out["misfire_cap"] = spec.misfire_cap;
  if (spec.misfire_deadline.count() != 0) out["misfire_deadline"] = spec.misfire_deadline.count();
  if (spec.retry.retries > 0) {
    out["retries"] = spec.retry.retries;
    out["retry_on"] = retry_on_json(spec.retry);
  }
  if (auto* handler = std::get_if<handler_work>(&spec.work)) out["handler"] = handler->name;
  if (auto* script = std::get_if<script_work>(&spec.work))
    out["script"] = {{"language", to_string(script->language)}, {"source", script->source}};
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::variant<job_spec, std::string> from_json(std::string_view text) {
  try {
    return spec_of(json::parse(text));
  } catch (const unreadable& e) {
    return std::string{"stored specification: "} + e.what();
  } catch (const json::exception& e) {
    return std::string{"stored specification: "} + e.what();
  }
}

} // namespace xxl::config
