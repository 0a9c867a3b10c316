#pragma once
// A clock in the hands of actors: one that is still at work when its owner has gone reads a clock that is there.

#include "protocol/clock.hpp"

#include <memory>

namespace xxl {

using clock_ptr = std::shared_ptr<const clock>;

/// Of a clock that outlives all who hold it.
inline clock_ptr borrowed(const clock& c) { return {std::shared_ptr<void>{}, &c}; }

} // namespace xxl
