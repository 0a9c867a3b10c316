#pragma once
// Instants as text, and timetables that must parse: what the tests of schedule/ read and compare.

#include "schedule/timetable.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace xxl::schedule::test {

/// "2026-03-08T07:00:00Z", with or without a fraction of three digits. Throws std::invalid_argument for anything else.
instant utc(std::string_view text);

/// The same form back; the fraction only where there is one.
std::string text(instant t);

/// A cron timetable; an expression that does not parse fails the test (throws).
timetable make_cron(std::string_view expression, std::string_view zone = "UTC", dst_policy dst = {});

/// The first `count` fires after `after`, fewer where the schedule ends. Throws if one is not later than the one
/// before.
std::vector<instant> walk(const timetable& t, instant after, std::size_t count);

/// walk() as text.
std::vector<std::string> fires(const timetable& t, std::string_view after, std::size_t count);

} // namespace xxl::schedule::test
