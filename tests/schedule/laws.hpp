#pragma once
// What holds for the answers of every timetable, whatever its kind: for tests that make up timetables and instants.

#include "schedule/timetable.hpp"

#include <string>

namespace xxl::schedule::test {

/// The law that t's answers about any instants a <= b <= c break, and where; empty if they keep them all. Costs some
/// dozens of calls, a few of them over the whole of (a, c].
std::string broken_law(const timetable& t, instant a, instant b, instant c);

} // namespace xxl::schedule::test
