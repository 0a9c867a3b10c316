#pragma once
// What runs in one xxl-node process: an admin, an executor, or both; from its start to its orderly end.

#include "apps/node/exit_code.hpp"
#include "config/settings.hpp"

namespace xxl::apps {

/// Runs until a signal ends it; the exit code is the process's. Signals are blocked already. Everything that goes wrong
/// is said on stderr.
exit_code run_node(const config::settings& settings);

} // namespace xxl::apps
