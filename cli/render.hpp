#pragma once
// Answers as people read them: pure functions from views to text, each text whole, with its last line end.

#include "protocol/messages.hpp"

#include <span>
#include <string>
#include <vector>

namespace xxl::cli {

std::string render(const std::vector<group_view>& groups);
std::string render(const std::vector<job_view>& jobs);
std::string render(const std::vector<executor_view>& executors);
std::string render(const std::vector<trigger_view>& triggers);
std::string render(const job_detail& job);
std::string render(const trigger_view& trigger);
std::string render(const std::vector<instant>& fires);
std::string render(const node_stats& stats);
std::string render(const cluster_view& cluster);
/// One line without its end. `one`: of the trigger that was named, not of a job's.
std::string render(const kill_answer& answer, bool one);

/// One line for each change that is one: unchanged groups and jobs are only counted.
std::string render_changes(std::span<const apply_change> changes);

/// "2 created, 1 changed, 10 unchanged, 0 failed".
struct change_counts {
  std::size_t created = 0, changed = 0, unchanged = 0, failed = 0;
  void add(const apply_change& c);
};
std::string to_string(const change_counts& n);

} // namespace xxl::cli
