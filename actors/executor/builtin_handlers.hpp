#pragma once
// Handlers that every executor has: demo, noop and command (docs/handlers.md).

#include "actors/executor/handler_registry.hpp"

namespace xxl::executor {

void add_builtin_handlers(handler_registry& registry);

} // namespace xxl::executor
