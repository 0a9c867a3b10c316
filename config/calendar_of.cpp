#include "config/calendar_of.hpp"

#include "schedule/calendar_text.hpp"

#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

namespace xxl::config {
namespace {

using calendar_ptr = std::shared_ptr<const schedule::calendar>;

/// Reads each entry of a list; throws parse_error.
template <class T, class Parse>
std::vector<T> all_of(const calendar_layer& layer, const char* key, const std::vector<std::string>& list, Parse parse) {
  std::vector<T> read;
  for (auto& entry : list) {
    auto item = parse(entry);
    if (auto* wrong = std::get_if<schedule::parse_error>(&item))
      throw schedule::parse_error{"calendar " + layer.name + ": " + key + ": " + wrong->message, wrong->column};
    read.push_back(std::get<T>(std::move(item)));
  }
  return read;
}

calendar_ptr layer_of(const calendar_layer& layer, const std::vector<calendar_ptr>& before) {
  schedule::calendar_rules rules;
  rules.exclude = all_of<schedule::date_range>(layer, "exclude", layer.exclude, schedule::parse_dates);
  rules.include = all_of<schedule::date_range>(layer, "include", layer.include, schedule::parse_dates);
  rules.exclude_weekdays = layer.exclude_weekdays;
  rules.hours = all_of<schedule::time_window>(layer, "hours", layer.hours, schedule::parse_time_window);
  for (auto base : layer.bases) {
    if (base >= before.size())
      throw schedule::parse_error{"calendar " + layer.name + " is built on one that does not stand before it", 1};
    rules.bases.push_back(before[base]);
  }
  return std::make_shared<const schedule::calendar>(rules);
}

calendar_ptr made_of(const calendar_spec& spec) {
  std::vector<calendar_ptr> layers;
  for (auto& layer : spec.layers) layers.push_back(layer_of(layer, layers));
  return layers.back();
}

/// Equal for equal calendars, and only for them: texts are written with their lengths.
std::string key_of(const calendar_spec& spec) {
  std::string key;
  auto put = [&key](const std::string& text) { key += std::to_string(text.size()) + ':' + text; };
  for (auto& layer : spec.layers) {
    put(layer.name);
    for (auto* list : {&layer.exclude, &layer.include, &layer.hours}) {
      key += std::to_string(list->size()) + '[';
      for (auto& entry : *list) put(entry);
    }
    key += std::to_string(layer.exclude_weekdays) + '/' + std::to_string(layer.bases.size()) + '[';
    for (auto base : layer.bases) key += std::to_string(base) + ',';
  }
  return key;
}

/// What lives of them; a calendar is 10 kB, and thousands of jobs observe the same one.
class shared_calendars {
public:
  calendar_ptr get(const calendar_spec& spec) {
    const auto key = key_of(spec);
    const std::lock_guard lock{mutex_};
    if (auto known = calendars_[key].lock()) return known;
    std::erase_if(calendars_, [](auto& entry) { return entry.second.expired(); });
    auto made = made_of(spec);
    calendars_[key] = made;
    return made;
  }

private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::weak_ptr<const schedule::calendar>> calendars_;
};

} // namespace

std::variant<calendar_ptr, schedule::parse_error> calendar_of(const calendar_spec& spec) {
  static shared_calendars all;
  if (spec.layers.empty()) return calendar_ptr{};
  try {
    return all.get(spec);
  } catch (schedule::parse_error& e) {
    return std::move(e);
  }
}

} // namespace xxl::config
