#include "config/schedule_reader.hpp"

#include "config/schedule_of.hpp"

#include <array>

namespace xxl::config {
namespace {

using namespace std::chrono_literals;
using std::string_view;

constexpr std::array<string_view, 6> known_keys{"cron", "timezone", "every", "start", "after", "at"};
constexpr std::array<string_view, 4> kinds{"cron", "every", "after", "at"};
constexpr std::array<string_view, 11> later_keys{"dst",    "gap",  "overlap", "calendar", "calendars", "on_excluded",
                                                 "jitter", "from", "until",   "max_runs", "dialect"};
constexpr std::size_t cron_bytes = 512;
constexpr std::size_t timezone_bytes = 64;

std::optional<std::string> read_timezone(yaml_reader& in, const yaml_node& schedule, const std::string& fallback) {
  auto* node = schedule.find("timezone");
  if (!node) return fallback;
  auto zone = in.label(*node, "timezone", timezone_bytes);
  if (zone && !schedule::is_zone(*zone)) {
    in.fail(*node, "timezone: \"" + *zone + "\" is unknown: write an IANA name such as Asia/Shanghai, or UTC");
    return std::nullopt;
  }
  return zone;
}

std::optional<schedule_spec> read_cron(yaml_reader& in, const yaml_node& schedule,
                                       const std::string& default_timezone) {
  auto& node = *schedule.find("cron");
  auto expression = in.text(node, "cron", cron_bytes);
  auto zone = read_timezone(in, schedule, default_timezone);
  if (!expression) return std::nullopt;
  // The expression is checked even where its zone is wrong: both errors are told at once.
  cron_schedule spec{*expression, zone.value_or("UTC")};
  auto parsed = timetable_of(spec);
  if (auto* error = std::get_if<schedule::parse_error>(&parsed)) {
    in.fail(in.inside(node, error->column - 1), "cron: " + error->message);
    return std::nullopt;
  }
  if (!zone) return std::nullopt;
  return spec;
}

std::optional<schedule_spec> read_every(yaml_reader& in, const yaml_node& schedule) {
  every_schedule spec;
  auto every = in.duration(*schedule.find("every"), "every", 100ms);
  auto* start = schedule.find("start");
  if (start) spec.start = in.moment(*start, "start");
  if (!every || (start && !spec.start)) return std::nullopt;
  spec.every = *every;
  return spec;
}

/// The one kind that the mapping names; empty, reported, if it names none or several.
string_view kind_of(yaml_reader& in, const yaml_node& schedule) {
  string_view kind;
  for (auto& [key, value] : schedule.entries) {
    for (auto candidate : kinds) {
      if (!key->is_scalar() || key->text != candidate || kind == candidate) continue;
      if (!kind.empty()) {
        in.fail(*key, "a schedule has one of cron, every, after, at: \"" + std::string{kind} + "\" is there already");
        return {};
      }
      kind = candidate;
    }
  }
  if (kind.empty()) in.fail(schedule, "a schedule needs one of cron, every, after, at; or write schedule: none");
  return kind;
}

/// Reports a key that belongs to another kind.
void check_companion(yaml_reader& in, const yaml_node& schedule, string_view kind, string_view key, string_view owner) {
  if (kind == owner) return;
  if (auto* value = schedule.find(key))
    in.fail(*value, std::string{key} + ": stands only with " + std::string{owner} + ", here the schedule is " +
                        std::string{kind});
}

} // namespace

std::optional<schedule_spec> read_schedule(yaml_reader& in, const yaml_node& node,
                                           const std::string& default_timezone) {
  if (node.is_scalar() && node.text == "none") return no_schedule{};
  if (node.what != yaml_node::kind::mapping) {
    in.fail(node,
            "schedule: expected none, {cron: ...}, {every: ...}, {after: ...} or {at: ...}, found " + describe(node));
    return std::nullopt;
  }
  in.mapping(node, {"a schedule", known_keys, later_keys});
  auto kind = kind_of(in, node);
  if (kind.empty()) return std::nullopt;
  check_companion(in, node, kind, "timezone", "cron");
  check_companion(in, node, kind, "start", "every");
  if (kind == "cron") return read_cron(in, node, default_timezone);
  if (kind == "every") return read_every(in, node);
  if (kind == "after") {
    if (auto delay = in.duration(*node.find("after"), "after", 100ms)) return after_schedule{*delay};
  } else if (auto when = in.moment(*node.find("at"), "at")) {
    return at_schedule{*when};
  }
  return std::nullopt;
}

} // namespace xxl::config
