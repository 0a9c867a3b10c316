#include "config/spec_json.hpp"

#include "protocol/overloaded.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace xxl::config {
namespace {

using nlohmann::json;

json schedule_json(const schedule_spec& schedule) {
  return std::visit(overloaded{
                        [](const no_schedule&) { return json("none"); },
                        [](const cron_schedule& x) {
                          return json{{"cron", x.expression}, {"timezone", x.timezone}};
                        },
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
                    schedule);
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

std::int64_t ms_at(const json& in, const char* key, std::int64_t fallback = 0) {
  auto it = in.find(key);
  if (it == in.end()) return fallback;
  // A number above 2^63 would wrap around in get().
  if (!it->is_number_integer() || (it->is_number_unsigned() && it->get<std::uint64_t>() > INT64_MAX))
    throw unreadable{std::string{key} + " is not a whole number of milliseconds"};
  return it->get<std::int64_t>();
}

template <class Enum> Enum name_at(const json& in, const char* key, Enum fallback) {
  auto it = in.find(key);
  if (it == in.end()) return fallback;
  auto name = text_at(in, key);
  if (auto value = from_name<Enum>(name)) return *value;
  throw unreadable{std::string{key} + " \"" + name.substr(0, 64) + "\" is unknown; known are " + names_of<Enum>()};
}

schedule_spec schedule_at(const json& in) {
  auto it = in.find("schedule");
  if (it == in.end() || *it == "none") return no_schedule{};
  if (it->is_object()) {
    if (it->contains("cron")) return cron_schedule{text_at(*it, "cron"), text_at(*it, "timezone", "UTC")};
    if (it->contains("every")) {
      every_schedule every{std::chrono::milliseconds{ms_at(*it, "every")}, std::nullopt};
      if (it->contains("start")) every.start = from_ms(ms_at(*it, "start"));
      return every;
    }
    if (it->contains("after")) return after_schedule{std::chrono::milliseconds{ms_at(*it, "after")}};
    if (it->contains("at")) return at_schedule{from_ms(ms_at(*it, "at"))};
  }
  throw unreadable{"schedule is none of none, cron, every, after, at"};
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
