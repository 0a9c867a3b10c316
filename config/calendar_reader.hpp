#pragma once
// Calendars of job files (docs/jobs.md): from the YAML list `calendars` to what a schedule carries with it.

#include "config/yaml_reader.hpp"
#include "protocol/job_spec.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace xxl::config {

/// A calendar's name where something refers to it.
struct calendar_reference {
  std::string name;
  position where;
};

/// A calendar and where it is defined. `whole` is false where something in it was reported: its name still counts, so
/// that one error does not bring others with it.
struct declared_calendar {
  calendar_layer layer; ///< without its bases: they may stand in other files
  std::vector<calendar_reference> bases;
  position name_at;
  bool whole = false;
};

/// Reads the list `calendars` of a file; what is wrong is reported with its place. Those without a name are left out.
std::vector<declared_calendar> read_calendars(yaml_reader& in, const yaml_node& list);

/// A declared calendar and its file.
struct calendar_in_file {
  const source_text* source = nullptr;
  const declared_calendar* calendar = nullptr;
};

/// Every name that is defined, with the calendar behind those it is built on; none where it or one of them has an
/// error.
using calendar_specs = std::map<std::string, std::optional<calendar_spec>, std::less<>>;

/// Puts the calendars of all files together. Reports names that are defined twice, bases that are not defined, circles,
/// calendars built on more others than travel with a job, and hours that have nothing in common.
calendar_specs resolve_calendars(std::span<const calendar_in_file> calendars, problem_list& problems);

/// The calendar that a schedule refers to; null, reported, if it is not defined, and none where it has been reported.
const std::optional<calendar_spec>* find_calendar(const calendar_specs& calendars, const source_text& source,
                                                  const calendar_reference& reference, problem_list& problems);

} // namespace xxl::config
