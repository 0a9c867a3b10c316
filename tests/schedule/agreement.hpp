#pragma once
// Whether all that a timetable answers about a span is about one and the same set of fires.

#include "schedule/timetable.hpp"

#include <random>
#include <vector>

namespace xxl::schedule::test {

using random_source = std::mt19937_64;

/// next, count and last for random parts of (begin, end] against `fires`, the list of all its fires in order. What
/// differs fails the test.
void expect_agreement(const timetable& t, const std::vector<instant>& fires, instant begin, instant end,
                      random_source& random);

} // namespace xxl::schedule::test
