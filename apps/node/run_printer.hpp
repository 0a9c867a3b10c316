#pragma once
#include "protocol/messages.hpp"

namespace xxl::apps {

/// One flushed line on stdout per finished run, with or without a terminal:
/// `<time> <job> <handler|shell|python> <state> lateness=<ms>`. From any thread.
void print_run(const order& o, const outcome& end);

} // namespace xxl::apps
