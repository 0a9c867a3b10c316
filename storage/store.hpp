#pragma once
// One database: opens it, migrates it, hands out connections by duty.

#include "storage/catalog.hpp"
#include "storage/error.hpp"
#include "storage/leadership.hpp"
#include "storage/ledger.hpp"
#include "storage/plan.hpp"

#include <memory>
#include <string>

namespace xxl::storage {

class store {
public:
  virtual ~store() = default;
  /// Runs the migrations that are missing, under a lock; refuses a schema newer than ours or changed
  /// (error_kind::fatal).
  virtual void migrate() = 0;
  /// `claims`: the leader's claim connection (application_name xxl-claim:<node>); else the completion connection. On
  /// SQLite both write through one connection: use one ledger for both duties.
  virtual std::unique_ptr<ledger> open_ledger(bool claims) = 0;
  virtual std::unique_ptr<plan_reader> open_plan_reader() = 0;
  virtual std::unique_ptr<catalog> open_catalog() = 0;
  virtual std::unique_ptr<leader_lock> open_leader_lock() = 0;
  /// True where one writer must do claims and completions alike (SQLite).
  virtual bool one_writer() const noexcept = 0;
  /// For people, without secrets: "sqlite data/xxl.db", "postgresql db1:5432/xxl".
  virtual std::string describe() const = 0;
};

/// url: postgresql://user:password@host:port/database or sqlite://path. `node` names this node to the database and to
/// people. Throws error: a malformed url (fatal), a SQLite file that another process holds (fatal; the message names
/// its pid).
std::unique_ptr<store> open_store(const std::string& url, const std::string& node);

} // namespace xxl::storage
