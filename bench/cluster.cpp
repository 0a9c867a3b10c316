#include "bench/cluster.hpp"

#include "bench/bench_executor.hpp"
#include "bench/process_stats.hpp"

#include <libpq-fe.h>

#include <memory>
#include <stdexcept>
#include <utility>

namespace xxl::bench {
namespace {

/// storage.md's settings for a server of this size; durability as it is shipped.
test::postgres_server::options durable() {
  test::postgres_server::options o;
  o.fsync = true;
  o.settings = {"synchronous_commit = on", "full_page_writes = on", "shared_buffers = 512MB",
                "max_wal_size = 8GB",      "wal_compression = lz4", "checkpoint_timeout = 15min",
                "autovacuum_naptime = 10s"};
  return o;
}

} // namespace

cluster::cluster(const cluster_options& options)
    : server_{durable()},
      url_{server_.url(server_.fresh_database())},
      port_{e2e::free_port()},
      record_{start_log::create(place_ / "starts", options.starts)} {
  start_admin(options);
  for (unsigned i = 1; i <= options.executors; ++i) start_executor(options, i);
}

void cluster::start_admin(const cluster_options& options) {
  e2e::command c;
  c.words = {options.programs + "/xxl-node",
             "--role=admin",
             "--node=bench",
             "--listen=127.0.0.1:" + std::to_string(port_),
             "--database=" + url_,
             "--data=" + (place_ / "admin").string(),
             "--log-level=warn"};
  c.words.insert(c.words.end(), options.admin_flags.begin(), options.admin_flags.end());
  processes_.emplace_back(std::move(c));
}

void cluster::start_executor(const cluster_options& options, unsigned number) {
  auto name = "executor-" + std::to_string(number);
  e2e::command c;
  c.words = {options.programs + "/xxl-bench",
             "executor",
             "--name=" + name,
             "--admin=127.0.0.1:" + std::to_string(port_),
             "--data=" + (place_ / name).string(),
             "--record=" + (place_ / "starts").string()};
  processes_.emplace_back(std::move(c));
}

double cluster::cpu_seconds() const {
  double sum = cpu_seconds_with_children(server_.pid());
  for (auto& p : processes_) sum += bench::cpu_seconds(p.pid());
  return sum;
}

double cluster::admin_rss_mb() const { return rss_mb(processes_.front().pid()); }

std::int64_t cluster::ask(const std::string& sql) {
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection{PQconnectdb(url_.c_str()), PQfinish};
  std::unique_ptr<PGresult, decltype(&PQclear)> answer{PQexec(connection.get(), sql.c_str()), PQclear};
  if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK) throw std::runtime_error{PQerrorMessage(connection.get())};
  return PQgetisnull(answer.get(), 0, 0) ? 0 : std::stoll(PQgetvalue(answer.get(), 0, 0));
}

std::int64_t cluster::committed(std::int64_t from_ms, std::int64_t to_ms) {
  return ask("SELECT count(*) FROM trigger_history WHERE fire_ms >= " + std::to_string(from_ms) + " AND fire_ms < " +
             std::to_string(to_ms));
}

std::int64_t cluster::first_claim(std::int64_t from_ms, std::int64_t to_ms) {
  return ask("SELECT min(claimed_ms) FROM trigger_history WHERE fire_ms >= " + std::to_string(from_ms) +
             " AND fire_ms < " + std::to_string(to_ms));
}

} // namespace xxl::bench
