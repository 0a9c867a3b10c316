#pragma once
// The settings of a node: flag > environment (XXL_...) > YAML file > default, each with its origin
// (docs/configuration.md). Pure: arguments, environment, files and facts about the machine are handed in; settings and
// errors come out.

#include "config/file_text.hpp"
#include "protocol/endpoint.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xxl::config {

enum class node_role : std::uint8_t { standalone = 1, admin = 2, executor = 4 };
std::string to_string(node_role role);

enum class log_level : std::uint8_t { trace, debug, info, warn, error };
std::string to_string(log_level level);

/// What a node was told, checked and complete. Meaning, default and range of each: settings_table.cpp.
struct settings {
  node_role role = node_role::standalone;
  std::string config; ///< path of the settings file; empty: none
  std::string node;
  endpoint listen;            ///< port 0: a free one
  std::string database;       ///< with its password: print it only through mask_secrets()
  std::filesystem::path data; ///< absolute
  std::vector<std::string> jobs;
  std::string timezone;
  std::vector<endpoint> admins;
  std::string group; ///< empty for an admin
  std::string executor_name;
  std::uint32_t max_running = 0;
  std::uint32_t queue_limit = 0;
  log_level level = log_level::info;
  std::uint32_t threads = 0;
  std::chrono::milliseconds misfire_threshold{0}, lead{0}, dispatch_timeout{0}, lease{0}, heartbeat{0},
      connection_timeout{0};
  bool print_runs = false;
};

/// What some defaults are made from.
struct machine_facts {
  std::string hostname;
  std::filesystem::path working_directory; ///< absolute
  std::uint32_t cores = 1;
  std::int64_t process_id = 0;
};

struct settings_sources {
  std::vector<std::string> arguments;                                             ///< without the program's name
  std::function<std::optional<std::string>(const std::string& name)> environment; ///< an empty variable counts as unset
  std::function<file_text(const std::string& path)> read_file;
  machine_facts machine;
};

/// One line of `xxl-node config`.
struct setting_origin {
  std::string name, value,
      origin; ///< secrets masked; "flag --listen", "environment XXL_LISTEN", "node.yaml:3:9", "default"
};

struct settings_result {
  settings values;                     ///< use them only without errors
  std::vector<setting_origin> origins; ///< of all settings, in the order of the table
  std::vector<std::string> words;      ///< arguments that are no flags, such as "config"
  bool help = false, version = false;  ///< --help or -h, --version
  std::vector<std::string> errors;     ///< all of them, whole texts for people, secrets masked
};

settings_result resolve_settings(const settings_sources& sources);

/// What `xxl-node config` prints: name, value and origin of each, in columns.
std::string describe(const std::vector<setting_origin>& origins);
/// What `xxl-node --help` says about flags.
std::string settings_help();
/// The table of docs/configuration.md, in Markdown.
std::string settings_markdown();

} // namespace xxl::config
