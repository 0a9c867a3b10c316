#pragma once
// A job's specification as it is stored: JSON with the words of the YAML. The keys are in databases: never rename one,
// only add.

#include "protocol/job_spec.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace xxl::config {

/// One line of JSON, keys in alphabetical order, the same text for the same specification. Durations are whole
/// milliseconds, instants Unix milliseconds. Text that is not UTF-8 (refused in job files) has its bad bytes replaced
/// by U+FFFD.
std::string to_json(const job_spec& spec);

/// The specification, or why the text is not one, for people. A key that it does not know is ignored (a newer minor
/// version wrote it); a missing key gets its default, except that one of handler and script must be there. A *value*
/// that it does not know is an error: running a job by another rule than the one written is worse than not running it.
std::variant<job_spec, std::string> from_json(std::string_view text);

} // namespace xxl::config
