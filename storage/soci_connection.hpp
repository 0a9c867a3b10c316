#pragma once
// One SOCI connection: opened when it is needed, dropped when it is lost, its errors told as storage::error. Everything
// but the ledger on PostgreSQL goes through it: the catalog, the migrations, and all of SQLite.

#include "storage/error.hpp"

#include <soci/soci.h>

#include <exception>
#include <functional>
#include <memory>
#include <utility>

namespace xxl::storage {

enum class dialect { postgres, sqlite };

/// One statement in both dialects, side by side.
struct sql {
  const char* postgres;
  const char* sqlite;
};

class soci_connection {
public:
  /// `open` opens the session it is given, with all settings that belong to it.
  soci_connection(storage::dialect d, std::function<void(soci::session&)> open);

  storage::dialect dialect() const noexcept { return dialect_; }
  /// The statement in this connection's dialect.
  const char* pick(const sql& statement) const noexcept;

  /// Opens the session unless it is open.
  void connect();
  void close() noexcept;
  /// Called before a session ends, also a lost one: statements kept for it must go first.
  void before_close(std::function<void()> forget) { forget_ = std::move(forget); }

  /// work(session), connecting first. Whatever SOCI throws leaves as storage::error; a lost session is dropped, so that
  /// the next call connects anew.
  template <class Work> auto run(Work&& work) {
    try {
      connect();
      return work(*session_);
    } catch (...) {
      rethrow();
    }
  }

  /// While one of these lives, a lost connection leaves the outcome unknown: a COMMIT, or a write that commits by
  /// itself.
  class in_doubt {
  public:
    explicit in_doubt(soci_connection& c) : connection_{c} { connection_.in_doubt_ = true; }
    ~in_doubt();
    in_doubt(const in_doubt&) = delete;
    in_doubt& operator=(const in_doubt&) = delete;

  private:
    soci_connection& connection_;
    int exceptions_ = std::uncaught_exceptions();
  };

private:
  friend class write_transaction;
  [[noreturn]] void rethrow();

  storage::dialect dialect_;
  std::function<void(soci::session&)> open_;
  std::function<void()> forget_;
  std::unique_ptr<soci::session> session_;
  bool in_doubt_ = false;
  bool broken_ = false; ///< a rollback failed: the session cannot be trusted
};

/// BEGIN (on SQLite BEGIN IMMEDIATE: a deferred transaction that reads and then writes fails without waiting). Rolls
/// back unless committed; SOCI's own transaction class commits what has failed, and begins deferred.
class write_transaction {
public:
  explicit write_transaction(soci_connection& c);
  ~write_transaction();
  write_transaction(const write_transaction&) = delete;
  write_transaction& operator=(const write_transaction&) = delete;
  void commit();

private:
  soci_connection& connection_;
  bool over_ = false;
};

} // namespace xxl::storage
