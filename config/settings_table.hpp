#pragma once
// The one list of a node's settings: name, default, range, meaning. Flags, environment names, help and docs are made
// from it.

#include "config/settings.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace xxl::config {

struct setting {
  std::string_view name;          ///< as in the file; flag and environment name are made from it
  unsigned roles = 0;             ///< node_role values: who uses it
  std::string_view takes;         ///< what a value looks like: "DURATION"
  std::string_view fallback;      ///< the default, as text that `store` reads; empty: computed, or none
  std::string_view shown_default; ///< for people, where it differs from `fallback`
  std::string_view meaning;       ///< one line
  bool list = false;   ///< several values: a YAML list, commas elsewhere, and its flag may come more than once
  bool secret = false; ///< its value never stands in an error
  /// Checks the values and keeps them; what is wrong with them, or nothing. Values that are no list come alone.
  std::string (*store)(settings& into, std::span<const std::string> values);
  std::string (*show)(const settings& from);
};

std::span<const setting> setting_table();
const setting* find_setting(std::string_view name);

std::string flag_of(const setting& s);     ///< "--max-running"
std::string variable_of(const setting& s); ///< "XXL_MAX_RUNNING"
std::string default_of(const setting& s);  ///< for people
std::string roles_of(const setting& s);    ///< "all", or "admin, standalone"

} // namespace xxl::config
