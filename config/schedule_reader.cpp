#include "config/schedule_reader.hpp"

#include "config/schedule_of.hpp"
#include "protocol/limits.hpp"

#include <array>
#include <utility>

namespace xxl::config {
namespace {

using namespace std::chrono_literals;
using std::string_view;

constexpr std::array<string_view, 16> known_keys{"dialect",  "cron",        "timezone", "every",   "start",    "after",
                                                 "at",       "dst",         "gap",      "overlap", "max_runs", "jitter",
                                                 "calendar", "on_excluded", "from",     "until"};
constexpr std::array<string_view, 4> kinds{"cron", "every", "after", "at"};
constexpr std::array<std::pair<string_view, string_view>, 1> elsewhere{{{"calendars", "calendar: NAME"}}};
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

void read_dst(yaml_reader& in, const yaml_node& schedule, cron_schedule& spec) {
  auto* gap = schedule.find("gap");
  auto* overlap = schedule.find("overlap");
  if (gap) spec.gap = in.name<gap_rule>(*gap, "gap", {}).value_or(spec.gap);
  if (overlap) spec.overlap = in.name<overlap_rule>(*overlap, "overlap", {}).value_or(spec.overlap);
  auto* dst = schedule.find("dst");
  if (!dst) return;
  if (!dst->is_scalar() || dst->text != "vixie")
    return in.fail(*dst, "dst: expected vixie, found " + describe(*dst) + "; single rules are gap and overlap");
  if (auto* rule = gap ? gap : overlap)
    return in.fail(*rule, "dst: vixie chooses gap and overlap itself: leave this out, or dst");
  spec.vixie = true;
}

std::optional<schedule_kind> read_cron(yaml_reader& in, const yaml_node& schedule,
                                       const std::string& default_timezone) {
  auto& node = *schedule.find("cron");
  auto expression = in.text(node, "cron", cron_bytes);
  auto zone = read_timezone(in, schedule, default_timezone);
  if (!expression) return std::nullopt;
  // The expression is checked even where its zone is wrong: both errors are told at once.
  cron_schedule spec{*expression, zone.value_or("UTC")};
  if (auto* dialect = schedule.find("dialect"))
    spec.dialect = in.name<cron_dialect>(*dialect, "dialect", {}).value_or(spec.dialect);
  read_dst(in, schedule, spec);
  auto parsed = timetable_of(spec);
  if (auto* error = std::get_if<schedule::parse_error>(&parsed)) {
    in.fail(in.inside(node, error->column - 1), "cron: " + error->message);
    return std::nullopt;
  }
  if (!zone) return std::nullopt;
  return spec;
}

std::optional<schedule_kind> read_every(yaml_reader& in, const yaml_node& schedule) {
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

std::optional<schedule_kind> read_kind(yaml_reader& in, const yaml_node& node, string_view kind,
                                       const std::string& default_timezone) {
  if (kind == "cron") return read_cron(in, node, default_timezone);
  if (kind == "every") return read_every(in, node);
  if (kind == "after") {
    if (auto delay = in.duration(*node.find("after"), "after", 100ms)) return after_schedule{*delay};
  } else if (auto when = in.moment(*node.find("at"), "at")) {
    return at_schedule{*when};
  }
  return std::nullopt;
}

void read_limits(yaml_reader& in, const yaml_node& node, schedule_spec& schedule) {
  if (auto* most = node.find("max_runs")) schedule.max_runs = in.number(*most, "max_runs", 1, INT64_MAX).value_or(0);
  if (auto* jitter = node.find("jitter")) schedule.jitter = in.duration(*jitter, "jitter", 1ms).value_or(0ms);
}

void read_window(yaml_reader& in, const yaml_node& node, schedule_spec& schedule) {
  auto* until = node.find("until");
  if (auto* from = node.find("from")) schedule.from = in.moment(*from, "from");
  if (until) schedule.until = in.moment(*until, "until");
  if (schedule.from && schedule.until && *schedule.until < *schedule.from)
    in.fail(*until, "until: earlier than from, so nothing could run");
}

std::optional<calendar_reference> read_observed(yaml_reader& in, const yaml_node& node, schedule_spec& schedule,
                                                const std::string& default_timezone) {
  auto* calendar = node.find("calendar");
  if (auto* what = node.find("on_excluded")) {
    schedule.on_excluded = in.name<excluded_rule>(*what, "on_excluded", {}).value_or(schedule.on_excluded);
    if (!calendar) in.fail(*what, "on_excluded: there is no calendar: write calendar: NAME, or leave it out");
  }
  if (!calendar) return std::nullopt;
  // Of a cron schedule the zone has been read, or reported.
  auto* cron = std::get_if<cron_schedule>(&schedule.kind);
  if (cron)
    schedule.calendar_zone = cron->timezone;
  else if (!node.find("cron"))
    schedule.calendar_zone = read_timezone(in, node, default_timezone).value_or("UTC");
  auto name = in.label(*calendar, "calendar", limits::name_bytes);
  return name ? std::optional{calendar_reference{std::move(*name), calendar->where}} : std::nullopt;
}

} // namespace

std::optional<declared_schedule> read_schedule(yaml_reader& in, const yaml_node& node,
                                               const std::string& default_timezone) {
  if (node.is_scalar() && node.text == "none") return declared_schedule{};
  if (node.what != yaml_node::kind::mapping) {
    in.fail(node,
            "schedule: expected none, {cron: ...}, {every: ...}, {after: ...} or {at: ...}, found " + describe(node));
    return std::nullopt;
  }
  in.mapping(node, {"a schedule", known_keys, {}, elsewhere});
  auto kind = kind_of(in, node);
  if (kind.empty()) return std::nullopt;
  for (auto key : {"dialect", "dst", "gap", "overlap"}) check_companion(in, node, kind, key, "cron");
  if (!node.find("calendar")) check_companion(in, node, kind, "timezone", "cron");
  check_companion(in, node, kind, "start", "every");
  auto read = read_kind(in, node, kind, default_timezone);
  declared_schedule schedule{schedule_spec{read.value_or(no_schedule{})}, std::nullopt};
  read_limits(in, node, schedule.spec);
  read_window(in, node, schedule.spec);
  schedule.calendar = read_observed(in, node, schedule.spec, default_timezone);
  return read ? std::optional{std::move(schedule)} : std::nullopt;
}

} // namespace xxl::config
