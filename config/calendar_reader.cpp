#include "config/calendar_reader.hpp"

#include "config/calendar_of.hpp"
#include "protocol/limits.hpp"
#include "protocol/validate.hpp"
#include "schedule/calendar_text.hpp"

#include <algorithm>
#include <array>

namespace xxl::config {
namespace {

using std::string_view;

constexpr std::array<string_view, 6> calendar_keys{"name",  "exclude",  "include", "exclude_weekdays",
                                                   "hours", "calendars"};
constexpr std::array<std::pair<string_view, string_view>, 2> calendar_elsewhere{{
    {"timezone", "schedule: {..., timezone: ...} of the job"},
    {"on_excluded", "schedule: {..., calendar: NAME, on_excluded: ...} of the job"},
}};

// --- one calendar ---

/// The entries of a list, as texts that are each no longer than a name.
std::vector<std::pair<const yaml_node*, std::string>> entries(yaml_reader& in, const yaml_node& list, string_view key) {
  std::vector<std::pair<const yaml_node*, std::string>> found;
  if (!in.list(list, key)) return found;
  if (list.items.size() > calendar_spec::most_entries) {
    in.fail(list, std::string{key} + ": " + std::to_string(list.items.size()) + " entries, at most " +
                      std::to_string(calendar_spec::most_entries) + " are allowed");
    return found;
  }
  for (auto& item : list.items)
    if (auto text = in.label(*item, key, limits::name_bytes)) found.emplace_back(item.get(), std::move(*text));
  return found;
}

/// The entries that `parse` takes; the others are reported where they are wrong.
template <class Parse>
std::vector<std::string> checked(yaml_reader& in, const yaml_node* list, string_view key, Parse parse) {
  std::vector<std::string> texts;
  if (!list) return texts;
  for (auto& [node, text] : entries(in, *list, key)) {
    auto parsed = parse(text);
    if (auto* error = std::get_if<schedule::parse_error>(&parsed))
      in.fail(in.inside(*node, error->column - 1), std::string{key} + ": " + error->message);
    else
      texts.push_back(std::move(text));
  }
  return texts;
}

std::uint8_t read_weekdays(yaml_reader& in, const yaml_node& list) {
  constexpr string_view key = "exclude_weekdays";
  unsigned days = 0;
  for (auto& [node, text] : entries(in, list, key)) {
    auto parsed = schedule::parse_weekday(text);
    if (auto* error = std::get_if<schedule::parse_error>(&parsed)) {
      in.fail(*node, std::string{key} + ": " + error->message);
      continue;
    }
    const auto day = 1u << std::get<unsigned>(parsed);
    if ((days & day) != 0) in.fail(*node, std::string{key} + ": \"" + text + "\" is there twice");
    days |= day;
  }
  return static_cast<std::uint8_t>(days);
}

std::vector<calendar_reference> read_bases(yaml_reader& in, const yaml_node& list) {
  std::vector<calendar_reference> bases;
  for (auto& [node, name] : entries(in, list, "calendars")) {
    if (std::any_of(bases.begin(), bases.end(), [&](auto& base) { return base.name == name; }))
      in.fail(*node, "calendars: \"" + name + "\" is there twice");
    else
      bases.push_back({std::move(name), node->where});
  }
  return bases;
}

std::string read_name(yaml_reader& in, const yaml_node& node) {
  auto name = in.label(node, "name", limits::name_bytes);
  if (name && is_job_name(*name)) return *name;
  if (name)
    in.fail(node, "name: \"" + name->substr(0, 64) +
                      "\" is not a calendar's name: 1 to 128 of A-Z, a-z, 0-9, ., _ and -, beginning with a letter or "
                      "a digit");
  return {};
}

declared_calendar read_calendar(yaml_reader& in, const yaml_node& node) {
  declared_calendar calendar;
  const auto before = in.failures();
  if (!in.mapping(node, {"a calendar", calendar_keys, {}, calendar_elsewhere})) return calendar;
  if (auto* name = in.required(node, "name", "a calendar")) {
    calendar.layer.name = read_name(in, *name);
    calendar.name_at = name->where;
  }
  calendar.layer.exclude = checked(in, node.find("exclude"), "exclude", schedule::parse_dates);
  calendar.layer.include = checked(in, node.find("include"), "include", schedule::parse_dates);
  if (auto* weekdays = node.find("exclude_weekdays")) calendar.layer.exclude_weekdays = read_weekdays(in, *weekdays);
  auto* hours = node.find("hours");
  if (hours && hours->what == yaml_node::kind::sequence && hours->items.empty())
    in.fail(*hours, "hours: the list is empty, so nothing could run: leave it out for the whole day");
  calendar.layer.hours = checked(in, hours, "hours", schedule::parse_time_window);
  if (auto* bases = node.find("calendars")) calendar.bases = read_bases(in, *bases);
  calendar.whole = in.failures() == before;
  return calendar;
}

// --- all of them ---

const std::string most_others = std::to_string(calendar_spec::most_layers - 1) + " others may stand behind a calendar";

/// What is wrong with a name that none of them has.
template <class Names> std::string not_defined(const std::string& name, const Names& known) {
  std::vector<string_view> names;
  for (auto& [other, what] : known) names.push_back(other);
  auto near = nearest_name(name, names);
  return "\"" + name + "\" is not defined in these files" +
         (near.empty() ? ": add it under calendars:, or name the file that defines it too"
                       : "; did you mean \"" + std::string{near} + "\"?");
}

/// Goes from each calendar to its bases, depth first, each once.
class resolver {
public:
  resolver(std::span<const calendar_in_file> calendars, problem_list& problems) : problems_{problems} {
    for (auto& c : calendars) define(c);
  }

  calendar_specs resolve() {
    for (auto& [name, at] : defined_) visit(name);
    return std::move(specs_);
  }

private:
  void define(const calendar_in_file& c) {
    auto [first, fresh] = defined_.emplace(c.calendar->layer.name, c);
    if (fresh) return;
    problems_.add(*c.source, c.calendar->name_at,
                  "calendar \"" + c.calendar->layer.name + "\" is defined twice; first at " +
                      first->second.source->locate(first->second.calendar->name_at));
  }

  /// Its spec, or none if there is an error in it or below it; all are reported once.
  const std::optional<calendar_spec>& visit(const std::string& name) {
    if (auto known = specs_.find(name); known != specs_.end()) return known->second;
    auto& here = defined_.find(name)->second;
    path_.push_back(name);
    auto spec = join(here);
    path_.pop_back();
    if (spec) check(here, spec);
    return specs_.emplace(name, std::move(spec)).first->second;
  }

  std::optional<calendar_spec> join(const calendar_in_file& here) {
    bool whole = here.calendar->whole;
    calendar_spec spec;
    auto layer = here.calendar->layer;
    for (auto& base : here.calendar->bases) {
      auto* below = find(here, base);
      if (!below || !*below) {
        whole = false;
        continue;
      }
      layer.bases.push_back(add(**below, spec));
    }
    if (!whole) return std::nullopt;
    spec.layers.push_back(std::move(layer));
    return spec;
  }

  /// A base's spec; null, reported, if it is not defined or leads back to where the path comes from.
  const std::optional<calendar_spec>* find(const calendar_in_file& here, const calendar_reference& base) {
    if (!defined_.contains(base.name)) {
      problems_.add(*here.source, base.where, "calendars: " + not_defined(base.name, defined_));
      return nullptr;
    }
    auto start = std::find(path_.begin(), path_.end(), base.name);
    if (start == path_.end() && path_.size() < calendar_spec::most_layers) return &visit(base.name);
    std::string way;
    for (auto at = start == path_.end() ? path_.begin() : start; at != path_.end(); ++at) way += *at + " -> ";
    problems_.add(
        *here.source, base.where,
        (start == path_.end() ? "calendars: at most " + most_others + ": " : "calendars: they go in a circle: ") + way +
            base.name);
    return nullptr;
  }

  /// Adds the layers of a base that are not there yet; the place of its own.
  static std::uint16_t add(const calendar_spec& base, calendar_spec& to) {
    std::vector<std::uint16_t> places;
    for (auto layer : base.layers) {
      for (auto& b : layer.bases) b = places[b];
      auto same = std::find_if(to.layers.begin(), to.layers.end(), [&](auto& x) { return x.name == layer.name; });
      places.push_back(static_cast<std::uint16_t>(same - to.layers.begin()));
      if (same == to.layers.end()) to.layers.push_back(std::move(layer));
    }
    return places.back();
  }

  void check(const calendar_in_file& here, std::optional<calendar_spec>& spec) {
    std::string why;
    if (spec->layers.size() > calendar_spec::most_layers) {
      why = "is built on " + std::to_string(spec->layers.size() - 1) + " others: at most " + most_others;
    } else if (auto made = calendar_of(*spec); std::get<0>(made)->hours().empty()) { // its texts have been checked
      why = "has no hours: its own and those of its calendars have nothing in common";
    }
    if (why.empty()) return;
    problems_.add(*here.source, here.calendar->name_at, "calendar \"" + here.calendar->layer.name + "\" " + why);
    spec.reset();
  }

  problem_list& problems_;
  std::map<std::string, calendar_in_file, std::less<>> defined_;
  calendar_specs specs_;
  std::vector<std::string> path_; ///< from the calendar asked for to the one at hand
};

} // namespace

std::vector<declared_calendar> read_calendars(yaml_reader& in, const yaml_node& list) {
  std::vector<declared_calendar> calendars;
  if (!in.list(list, "calendars")) return calendars;
  for (auto& item : list.items)
    if (auto calendar = read_calendar(in, *item); !calendar.layer.name.empty())
      calendars.push_back(std::move(calendar));
  return calendars;
}

calendar_specs resolve_calendars(std::span<const calendar_in_file> calendars, problem_list& problems) {
  return resolver{calendars, problems}.resolve();
}

const std::optional<calendar_spec>* find_calendar(const calendar_specs& calendars, const source_text& source,
                                                  const calendar_reference& reference, problem_list& problems) {
  auto found = calendars.find(reference.name);
  if (found != calendars.end()) return &found->second;
  problems.add(source, reference.where, "calendar: " + not_defined(reference.name, calendars));
  return nullptr;
}

} // namespace xxl::config
