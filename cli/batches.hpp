#pragma once
// Cuts an apply into messages: design.md §4.2.

#include "protocol/messages.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace xxl::cli {

inline constexpr std::size_t batch_bytes = 200 * 1024; ///< below limits::batch_bytes: an estimate needs room

/// Groups before jobs, otherwise in order; each request has at most limits::batch_items and, unless it is a single
/// item, about batch_bytes.
std::vector<apply_request> batches_of(std::vector<group_spec> groups, std::vector<job_spec> jobs,
                                      const std::string& who, const std::string& source);

} // namespace xxl::cli
