#pragma once
// A guard named on the command line; any other name is refused with a list of them all.

#include "protocol/guards.hpp"

#include <CLI/CLI.hpp>

#include <map>
#include <optional>
#include <string>

namespace xxl::sim {

inline void add_guard_option(CLI::App& app, const std::string& flag, std::optional<guard>& chosen,
                             const std::string& help) {
  std::map<std::string, guard> names;
  for (auto g : all_guards()) names.emplace(to_string(g), g);
  app.add_option_function<std::string>(
         flag, [&chosen, names](const std::string& name) { chosen = names.at(name); }, help)
      ->check(CLI::IsMember(names));
}

} // namespace xxl::sim
