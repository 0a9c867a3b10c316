#pragma once
// The edge: what another node sent is checked before anything uses it. Enumerations and variants arrive unchecked
// (caf.md §6).

#include "protocol/audit_messages.hpp"
#include "protocol/messages.hpp"

#include <optional>
#include <string>

namespace xxl {

/// What is wrong with a message from outside, in words; nothing if it may be used. Checks enumerations, sizes against
/// protocol/limits.hpp, ids above zero and text (protocol/utf8.hpp).
/// An outcome's message may be any bytes: whoever takes it cleans it (clean_text), for a result counts whatever it
/// says.
std::optional<std::string> invalid(const executor_hello& x);
std::optional<std::string> invalid(const executor_welcome& x);
std::optional<std::string> invalid(const order_batch& x);
std::optional<std::string> invalid(const callback_batch& x);
std::optional<std::string> invalid(const return_batch& x);
std::optional<std::string> invalid(const progress_batch& x);
std::optional<std::string> invalid(const inventory_piece& x);
std::optional<std::string> invalid(const life_report& x);
std::optional<std::string> invalid(const script_source& x);
std::optional<std::string> invalid(const log_query& x);
std::optional<std::string> invalid(const log_chunk& x);
std::optional<std::string> invalid(const group_spec& x);
std::optional<std::string> invalid(const job_spec& x);
std::optional<std::string> invalid(const apply_request& x);
std::optional<std::string> invalid(const job_query& x);
std::optional<std::string> invalid(const trigger_query& x);
std::optional<std::string> invalid(const trigger_request& x);
std::optional<std::string> invalid(const pause_request& x);
std::optional<std::string> invalid(const kill_request& x);
std::optional<std::string> invalid(const kill_batch& x);
std::optional<std::string> invalid(const job_ref& x);
std::optional<std::string> invalid(const audit_query& x);

/// True for an executor group's name: [a-z][a-z0-9-]{3,63}.
bool is_group_name(std::string_view name);
/// True for a job's name: [A-Za-z0-9][A-Za-z0-9._-]{0,127}.
bool is_job_name(std::string_view name);

} // namespace xxl
