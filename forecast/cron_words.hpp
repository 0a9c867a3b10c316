#pragma once
// What a cron expression means, in English words.

#include "schedule/cron_pattern.hpp"

#include <string>

namespace xxl::forecast {

/// "at 02:30 every day", "every 5 minutes in the hours 9-17, on Monday-Friday in March", "at second 30 of every minute,
/// on the last day of the month". Says all that the pattern says: patterns that fire at different local times read
/// differently.
std::string words_of(const schedule::cron_pattern& p);

} // namespace xxl::forecast
