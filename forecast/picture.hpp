#pragma once
// The load over time as a picture: one SVG document that stands alone, without scripts, for light and dark pages.

#include "forecast/load.hpp"
#include "schedule/zone.hpp"

#include <string>

namespace xxl::forecast {

/// How the axis of time is labelled.
struct axis_zone {
  const schedule::zone& clock;
  std::string name; ///< IANA name, for people
};

/// Fires per minute as an area, runs at once as a line where durations are known, the busiest second marked. A span of
/// many minutes is drawn in steps of several, each with its busiest minute. The text of `jobs` (names of the busiest
/// second's jobs) and of the zone may be anything: it is escaped.
std::string picture_of(const load& l, const std::vector<job>& jobs, const axis_zone& zone);

} // namespace xxl::forecast
