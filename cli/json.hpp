#pragma once
// Answers as programs read them: JSON whose keys are the fields of protocol/messages.hpp and stay. Instants are UTC
// text with milliseconds, absent ones null; enumerations their names; session ids text, as they go beyond what a double
// holds. A job's `spec` is as it is stored: the words of the YAML, durations and instants in milliseconds.

#include "cli/render.hpp"
#include "config/job_files.hpp"
#include "protocol/messages.hpp"

#include <span>
#include <string>
#include <vector>

namespace xxl::cli {

std::string json(const std::vector<group_view>& groups);
std::string json(const std::vector<job_view>& jobs);
std::string json(const std::vector<executor_view>& executors);
std::string json(const std::vector<trigger_view>& triggers);
std::string json(const job_detail& job);
std::string json(const trigger_view& trigger);
std::string json(const std::vector<instant>& fires);
std::string json(const node_stats& stats);
std::string json(const trigger_receipt& receipt);
std::string json(const pause_answer& answer);
std::string json(const kill_answer& answer);
std::string json(const cluster_view& cluster);
/// {"changes": […], "summary": {…}}
std::string json(std::span<const apply_change> changes, const change_counts& counts);
/// {"files": N, "groups": N, "jobs": N, "problems": [{"file", "line", "column", "message"}]}
std::string json(const config::job_set& set);
/// One line of a log, as one line: {"line": N, "text": "…"}
std::string json_line(std::uint64_t number, const std::string& text);
/// {"version": "…", "protocol": N}
std::string json_version();

} // namespace xxl::cli
