#pragma once
// Words for people about groups and jobs: which keys an edit changed, which name was probably meant.

#include "protocol/job_spec.hpp"

#include <span>
#include <string>
#include <string_view>

namespace xxl::admin {

/// The YAML keys in which the two differ, "schedule, timeout".
std::string changed_keys(const job_spec& before, const job_spec& after);
std::string changed_keys(const group_spec& before, const group_spec& after);

/// "; did you mean \"orders\"?", or nothing if no name is near.
std::string suggestion(std::string_view wanted, std::span<const std::string> names);

} // namespace xxl::admin
