#pragma once
// One libpq connection with bounds on every wait, and the memory of a backend that was lost in the middle of a
// statement (storage.md §8, "Ambiguous commit"): the next open() ends that backend and sees it gone before anything
// else is sent.

#include "storage/postgres_param.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct pg_conn;
struct pg_result;

namespace xxl::storage::postgres {

/// A statement that is prepared once on each connection, under its name.
struct statement {
  const char* name;
  const char* sql;
};

/// What a connection lost in the middle of a statement means to the caller.
enum class on_loss : std::uint8_t {
  unknown_outcome, ///< it may have been committed
  repeatable,      ///< it wrote nothing that counts: error_kind::unavailable
};

class result {
public:
  explicit result(pg_result* r) : result_{r} {}
  int rows() const;
  bool null(int row, int column) const;
  std::string_view text(int row, int column) const;
  std::int64_t number(int row, int column) const;
  /// Empty for NULL.
  std::optional<std::int64_t> number_or_none(int row, int column) const;
  /// bigint[]; empty for NULL.
  std::vector<std::int64_t> numbers(int row, int column) const;
  /// boolean
  bool yes(int row, int column) const;

private:
  struct clear {
    void operator()(pg_result* r) const;
  };
  std::unique_ptr<pg_result, clear> result_;
};

class connection {
public:
  struct settings {
    std::string application;                                 ///< shown in pg_stat_activity
    std::vector<std::pair<std::string, std::string>> server; ///< settings of the session: {"statement_timeout", "5000"}
    std::vector<const statement*> statements;                ///< prepared by open()
    /// The longest wait for an answer, above the server's own statement_timeout: a frozen server answers nothing at
    /// all.
    std::chrono::milliseconds patience{8'000};
  };

  connection(std::string url, settings s);

  /// Connects within 2 s unless connected; ends the backend that the last connection lost. Throws
  /// error_kind::unavailable, or
  /// ::fatal where waiting does not help (password, no such database, malformed url). A connection that broke while
  /// idle is replaced: nothing was under way on it.
  void open();
  bool is_open() const noexcept { return conn_ != nullptr; }
  void close() noexcept { conn_.reset(); }

  /// Throws postgres::server_error or error. An open connection is required: without one, error_kind::unavailable.
  result execute(const statement& s, std::span<const param> params, on_loss loss);
  /// One or more statements as text, one implicit transaction; answers the last one's result.
  result query(const std::string& sql, on_loss loss) { return query(sql, loss, settings_.patience); }
  result query(const std::string& sql, on_loss loss, std::chrono::milliseconds patience);

  /// The server's process for this connection, as it says itself, and as the connection's start-up told libpq: they
  /// differ behind a pooler.
  int backend_pid() const noexcept { return backend_.pid; }
  int announced_pid() const;

private:
  /// A process id is used again: its start time makes it one backend's.
  struct backend {
    int pid = 0;
    std::int64_t started_us = 0;
  };
  struct finish {
    void operator()(pg_conn* c) const;
  };

  void dial();
  bool broken_while_idle();
  void identify();
  void end_lost_backend();
  void prepare_all();
  /// Waits for all results of what was sent; the last one, or the first error.
  result answer_of(std::string_view what, on_loss loss, std::chrono::milliseconds patience);
  [[noreturn]] void lose(std::string_view what, const std::string& why, std::string sqlstate, on_loss loss);
  [[noreturn]] void fail(std::string_view what, const pg_result* r, on_loss loss);
  void require_open(std::string_view what) const;

  std::string url_;
  settings settings_;
  std::unique_ptr<pg_conn, finish> conn_;
  backend backend_;
  std::optional<backend> lost_;
};

} // namespace xxl::storage::postgres
