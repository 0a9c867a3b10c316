#pragma once
// How each kind of setting is read from text. Each answers what is wrong, or an empty text.

#include "config/settings.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace xxl::config {

struct whole_range {
  std::uint32_t least, most;
};
struct duration_range {
  std::chrono::milliseconds least, most;
};

std::string read_role(std::string_view text, node_role& into);
std::string read_log_level(std::string_view text, log_level& into);
std::string read_bool(std::string_view text, bool& into);
std::string read_whole(std::string_view text, whole_range range, std::uint32_t& into);
std::string read_duration(std::string_view text, duration_range range, std::chrono::milliseconds& into);
/// The rule for job names serves for nodes and executors too: they stand in file names, logs and tables.
std::string read_node_name(std::string_view text, std::string& into);
std::string read_group(std::string_view text, std::string& into);
std::string read_timezone_name(std::string_view text, std::string& into);
/// sqlite://PATH or postgresql://... The error does not repeat the text: it may hold a password.
std::string read_database(std::string_view text, std::string& into);

} // namespace xxl::config
