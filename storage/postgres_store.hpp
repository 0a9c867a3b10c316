#pragma once
// PostgreSQL through libpq: the ledger's hot path, the reads ahead of it, and the leader's lock, each on a connection
// of its own. None of them connects when it is made; a call without a connection makes one (the lock excepted:
// connect() only).

#include "storage/leadership.hpp"
#include "storage/ledger.hpp"
#include "storage/plan.hpp"

#include <memory>
#include <string>

namespace xxl::storage {

/// url: postgresql://user:password@host:port/database, as libpq takes it. `node` names this node in application_name.
/// claims: the leader's claim connection (xxl-claim:<node>): all that is fenced by an epoch; else the completion
/// connection (xxl-complete:<node>), which refuses fenced calls with error_kind::fatal: a new leader ends claim
/// connections only, and a fenced statement elsewhere could hold up the next epoch.
///
/// error_kind::refused, from calls with a `run`: the message names the rows that the database refuses for ever; all
/// others went through. Repeat the call with run::settle: it leaves the named rows out and answers for the rest.
std::unique_ptr<ledger> open_postgres_ledger(const std::string& url, const std::string& node, bool claims);
std::unique_ptr<plan_reader> open_postgres_plan_reader(const std::string& url, const std::string& node);
std::unique_ptr<leader_lock> open_postgres_leader_lock(const std::string& url, const std::string& node);

} // namespace xxl::storage
