#pragma once
#include <sys/types.h>

namespace xxl::bench {

/// Seconds of CPU of a process and of the children it has waited for.
double cpu_seconds(pid_t pid);
/// The same, and of its living children: a database server with its backends.
double cpu_seconds_with_children(pid_t pid);
/// Resident memory, MiB.
double rss_mb(pid_t pid);

} // namespace xxl::bench
