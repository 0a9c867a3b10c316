#pragma once
// What a ledger row may say by itself (guarantees.md §1): pure checks of one row.

#include "protocol/audit_messages.hpp"

#include <string>

namespace xxl::audit {

/// A broadcast's parent: it runs nowhere, its shards do.
bool is_parent(const audit_trigger& t);

/// Why no legal path leads to this row; empty if one does. A final state without an end is not told here.
std::string illegal(const audit_trigger& t);

/// Which times of the row contradict each other by more than a second, the offset up to which an admin leads; empty if
/// none do. A row holds times of up to three clocks (leader, executor, who completed it), and safety never rests on
/// one: no error.
std::string out_of_order(const audit_trigger& t);

} // namespace xxl::audit
