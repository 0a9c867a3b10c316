#pragma once
// What a sender of a request hears when an actor in between did not answer.

#include <caf/error.hpp>

#include <chrono>
#include <string_view>

namespace xxl::admin {

/// Errors of ours stay as they are. CAF's own become one of ours: no answer within `patience` is `deadline_exceeded`, a
/// receiver that is gone is `unavailable`. `whom`: who was asked, "the database".
caf::error explain(const caf::error& e, std::string_view whom, std::chrono::milliseconds patience);

} // namespace xxl::admin
