#pragma once
// About how many bytes an item takes in a message: what senders cut batches by, and what receivers refuse by
// (protocol/limits.hpp).

#include "protocol/audit_messages.hpp"
#include "protocol/messages.hpp"

#include <cstddef>

namespace xxl {

std::size_t wire_size(const order& x);
std::size_t wire_size(const outcome& x);
std::size_t wire_size(const job_spec& x);
std::size_t wire_size(const group_spec& x);
std::size_t wire_size(const job_view& x);
std::size_t wire_size(const trigger_view& x);
std::size_t wire_size(const audit_job& x);
std::size_t wire_size(const audit_version& x);
std::size_t wire_size(const audit_gap& x);
std::size_t wire_size(const audit_trigger& x);

} // namespace xxl
