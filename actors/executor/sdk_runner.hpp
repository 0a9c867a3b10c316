#pragma once
// Behind xxl::executor of the public SDK: one process that is nothing but an executor.

#include "xxl/executor_options.hpp"
#include "xxl/handler.hpp"

#include <map>
#include <string>

namespace xxl::sdk_detail {

/// Throws std::invalid_argument with a text for people.
void check_options(const executor_options& options);

/// Runs until `stop` (an eventfd) is readable, SIGINT or SIGTERM comes. Answers the process's exit code.
int run_executor(const executor_options& options, const std::map<std::string, handler>& handlers, int stop);

} // namespace xxl::sdk_detail
