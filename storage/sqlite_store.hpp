#pragma once
// SQLite through SOCI: the ledger, the reads ahead of it, and the leader's lock, each on a connection of its own.

#include "storage/leadership.hpp"
#include "storage/ledger.hpp"
#include "storage/plan.hpp"
#include "storage/sqlite_file.hpp"

#include <memory>

namespace xxl::storage {

/// One writer: claims and completions go through one object.
///
/// error_kind::refused, from calls with a `run`: the message names the rows that the database refuses for ever; all
/// others went through. Repeat the call with run::settle: it leaves those rows out and answers for the rest.
std::unique_ptr<ledger> open_sqlite_ledger(std::shared_ptr<const sqlite_file> file);
std::unique_ptr<plan_reader> open_sqlite_plan_reader(std::shared_ptr<const sqlite_file> file);
/// Always granted: the file has one owner.
std::unique_ptr<leader_lock> open_sqlite_leader_lock(std::shared_ptr<const sqlite_file> file);

} // namespace xxl::storage
