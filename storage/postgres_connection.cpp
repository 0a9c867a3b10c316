#include "storage/postgres_connection.hpp"

#include "storage/postgres_error.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <cctype>
#include <poll.h>

namespace xxl::storage::postgres {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds dial_patience{2'000};
/// How long the server waits for a lost backend's end: below every statement_timeout of ours.
constexpr milliseconds end_patience{4'000};

/// True if the socket is ready for `events` before the deadline.
bool ready(PGconn* c, short events, steady_clock::time_point until) {
  pollfd p{PQsocket(c), events, 0};
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
    const int n = poll(&p, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (n >= 0 || errno != EINTR) return n > 0;
  }
}

/// In verbose messages the SQLSTATE follows the severity: "FATAL:  3D000: database …".
std::string sqlstate_in(std::string_view message) {
  for (auto at = message.rfind(":  "); at != std::string_view::npos && at > 0; at = message.rfind(":  ", at - 1)) {
    const auto state = message.substr(at + 3, 5);
    if (message.substr(at + 8).starts_with(": ") && std::all_of(state.begin(), state.end(), [](unsigned char c) {
          return std::isdigit(c) != 0 || std::isupper(c) != 0;
        }))
      return std::string{state};
  }
  return {};
}

/// One line, without the server's source location.
std::string tidy(std::string_view message) {
  std::string text{message.substr(0, message.find("\nLOCATION:"))};
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

std::string field(const PGresult* r, int code) {
  const char* text = PQresultErrorField(r, code);
  return text == nullptr ? std::string{} : std::string{text};
}

std::string message_of(const PGresult* r) {
  auto text = field(r, PG_DIAG_MESSAGE_PRIMARY);
  if (text.empty()) return tidy(PQresultErrorMessage(r)); // libpq's own: the connection broke
  if (const auto detail = field(r, PG_DIAG_MESSAGE_DETAIL); !detail.empty()) text += " (" + detail + ")";
  return text;
}

bool failed(const PGresult* r) {
  const auto status = PQresultStatus(r);
  return status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK;
}

/// libpq's parameters: those of the url, ours over them.
class dial_parameters {
public:
  dial_parameters(const std::string& url, const connection::settings& s) {
    char* why = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> given{PQconninfoParse(url.c_str(), &why),
                                                                             &PQconninfoFree};
    const std::unique_ptr<char, decltype(&PQfreemem)> reason{why, &PQfreemem};
    if (!given)
      throw error{error_kind::fatal, {}, "the database url is malformed: " + tidy(reason ? reason.get() : "no memory")};
    std::string options;
    for (const auto* o = given.get(); o->keyword != nullptr; ++o) {
      if (o->val == nullptr) continue;
      if (std::string_view{o->keyword} == "options")
        options = o->val;
      else
        add(o->keyword, o->val);
    }
    for (const auto& [name, value] : s.server) options.append(" -c ").append(name).append("=").append(value);
    for (const auto& setting : {"tcp_keepalives_idle=2", "tcp_keepalives_interval=1", "tcp_keepalives_count=3"})
      options += std::string{" -c "} + setting;
    add("options", options);
    add("application_name", s.application);
    add("client_encoding", "UTF8");
    add("target_session_attrs", "read-write"); // a standby grants advisory locks, and would answer reads from the past
    add("keepalives_idle", "2");
    add("keepalives_interval", "1");
    add("keepalives_count", "3");
    add("tcp_user_timeout", "3000");
  }

  PGconn* start() const {
    std::vector<const char*> names, values;
    for (const auto& [name, value] : all_) {
      names.push_back(name.c_str());
      values.push_back(value.c_str());
    }
    names.push_back(nullptr);
    values.push_back(nullptr);
    return PQconnectStartParams(names.data(), values.data(), 0);
  }

private:
  /// Of a name given twice libpq takes the last.
  void add(const std::string& name, const std::string& value) { all_.emplace_back(name, value); }

  std::vector<std::pair<std::string, std::string>> all_;
};

} // namespace

void result::clear::operator()(pg_result* r) const { PQclear(r); }

int result::rows() const { return PQntuples(result_.get()); }

bool result::null(int row, int column) const { return PQgetisnull(result_.get(), row, column) == 1; }

std::string_view result::text(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column), static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::int64_t result::number(int row, int column) const { return parse_int8(text(row, column)); }

std::optional<std::int64_t> result::number_or_none(int row, int column) const {
  if (null(row, column)) return std::nullopt;
  return number(row, column);
}

std::vector<std::int64_t> result::numbers(int row, int column) const {
  if (null(row, column)) return {};
  return parse_int8_array(text(row, column));
}

bool result::yes(int row, int column) const { return text(row, column) == "t"; }

void connection::finish::operator()(pg_conn* c) const { PQfinish(c); }

connection::connection(std::string url, settings s) : url_{std::move(url)}, settings_{std::move(s)} {}

void connection::open() {
  if (conn_ && !broken_while_idle()) return;
  conn_.reset();
  dial();
  try {
    identify();
    end_lost_backend();
    prepare_all();
  } catch (...) {
    conn_.reset();
    throw;
  }
}

int connection::announced_pid() const { return PQbackendPID(conn_.get()); }

/// By hand rather than PQconnectdb: the deadline holds for all addresses together, and a verbose connection tells the
/// SQLSTATE of a refusal.
void connection::dial() {
  const auto until = steady_clock::now() + dial_patience;
  std::unique_ptr<pg_conn, finish> c{dial_parameters{url_, settings_}.start()};
  if (!c) throw error{error_kind::unavailable, {}, "the database could not be reached: out of memory"};
  PQsetErrorVerbosity(c.get(), PQERRORS_VERBOSE);
  PQsetNoticeReceiver(
      c.get(), [](void*, const PGresult*) {}, nullptr); // its default writes to stderr
  auto step = PQstatus(c.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (step == PGRES_POLLING_READING || step == PGRES_POLLING_WRITING) {
    if (!ready(c.get(), step == PGRES_POLLING_READING ? POLLIN : POLLOUT, until))
      throw error{error_kind::unavailable, {}, "the database did not answer within 2 s"};
    step = PQconnectPoll(c.get());
  }
  if (step != PGRES_POLLING_OK) {
    const std::string_view message{PQerrorMessage(c.get())};
    const auto state = sqlstate_in(message);
    throw error{kind_of_refused_connection(state), state, tidy(message)};
  }
  PQsetnonblocking(c.get(), 1); // else a large batch to a frozen server could block in send()
  conn_ = std::move(c);
}

bool connection::broken_while_idle() {
  while (ready(conn_.get(), POLLIN, steady_clock::now()))
    if (PQconsumeInput(conn_.get()) == 0) return true;
  return false;
}

void connection::identify() {
  const auto r = query("SELECT pid, (extract(epoch FROM backend_start) * 1000000)::bigint FROM pg_stat_activity "
                       "WHERE pid = pg_backend_pid()",
                       on_loss::repeatable);
  if (r.rows() != 1)
    throw error{error_kind::fatal, {}, "the database does not show our own session in pg_stat_activity"};
  backend_ = {static_cast<int>(r.number(0, 0)), r.number(0, 1)};
}

void connection::end_lost_backend() {
  if (!lost_) return;
  const auto pid = std::to_string(lost_->pid);
  const auto r =
      query("SELECT pg_terminate_backend(pid, " + std::to_string(end_patience.count()) +
                ") FROM pg_stat_activity WHERE pid = " + pid +
                " AND (extract(epoch FROM backend_start) * 1000000)::bigint = " + std::to_string(lost_->started_us),
            on_loss::repeatable);
  if (r.rows() == 1 && !r.yes(0, 0))
    throw error{
        error_kind::unavailable, {}, "server process " + pid + ", whose connection was lost, has not ended yet"};
  lost_.reset();
}

void connection::prepare_all() {
  for (const auto* s : settings_.statements) {
    if (PQsendPrepare(conn_.get(), s->name, s->sql, 0, nullptr) == 0)
      lose(s->name, tidy(PQerrorMessage(conn_.get())), {}, on_loss::repeatable);
    answer_of(s->name, on_loss::repeatable, settings_.patience);
  }
}

void connection::require_open(std::string_view what) const {
  if (!conn_) throw error{error_kind::unavailable, {}, std::string{what} + ": not connected to the database"};
}

result connection::execute(const statement& s, std::span<const param> params, on_loss loss) {
  require_open(s.name);
  std::vector<const char*> values;
  std::vector<int> lengths, formats;
  for (const auto& p : params) {
    // libpq takes text up to the first NUL: a name cut short would be another's.
    if (!p.binary && p.bytes.find('\0') != std::string::npos)
      throw server_error{error_kind::refused, "22021", std::string{s.name} + ": text with a NUL byte", {}};
    values.push_back(p.null ? nullptr : p.bytes.c_str());
    lengths.push_back(static_cast<int>(p.bytes.size()));
    formats.push_back(p.binary ? 1 : 0);
  }
  if (PQsendQueryPrepared(conn_.get(), s.name, static_cast<int>(params.size()), values.data(), lengths.data(),
                          formats.data(), 0) == 0)
    lose(s.name, tidy(PQerrorMessage(conn_.get())), {}, loss);
  return answer_of(s.name, loss, settings_.patience);
}

result connection::query(const std::string& sql, on_loss loss, milliseconds patience) {
  require_open(sql);
  if (PQsendQuery(conn_.get(), sql.c_str()) == 0) lose(sql, tidy(PQerrorMessage(conn_.get())), {}, loss);
  return answer_of(sql, loss, patience);
}

/// Reads until libpq says that nothing more comes: a result arrives before its commit (storage.md §3).
result connection::answer_of(std::string_view what, on_loss loss, milliseconds patience) {
  const auto until = steady_clock::now() + patience;
  auto* c = conn_.get();
  std::optional<result> kept;
  PGresult* kept_raw = nullptr;
  for (;;) {
    for (int unsent = PQflush(c); unsent == 1 || PQisBusy(c) == 1; unsent = PQflush(c)) {
      if (!ready(c, static_cast<short>(unsent == 1 ? POLLIN | POLLOUT : POLLIN), until))
        lose(what, "no answer in " + std::to_string(patience.count()) + " ms", {}, loss);
      if (PQconsumeInput(c) == 0) break; // broken: PQgetResult tells why and does not wait
    }
    PGresult* raw = PQgetResult(c);
    if (raw == nullptr) break;
    result r{raw};
    if (kept_raw == nullptr || !failed(kept_raw)) {
      kept = std::move(r);
      kept_raw = raw;
    }
  }
  if (kept_raw != nullptr && !failed(kept_raw) && PQstatus(c) == CONNECTION_OK) return std::move(*kept);
  fail(what, kept_raw, loss);
}

void connection::fail(std::string_view what, const pg_result* r, on_loss loss) {
  const auto why = r == nullptr ? tidy(PQerrorMessage(conn_.get())) : message_of(r);
  auto state = r == nullptr ? std::string{} : field(r, PG_DIAG_SQLSTATE);
  const auto kind = kind_of(state);
  if (state.empty() || PQstatus(conn_.get()) == CONNECTION_BAD || kind == error_kind::unknown_outcome)
    lose(what, why, std::move(state), loss);
  auto constraint = field(r, PG_DIAG_CONSTRAINT_NAME);
  if (ends_connection(state)) conn_.reset();
  throw server_error{kind, std::move(state), std::string{what} + ": " + why, std::move(constraint)};
}

void connection::lose(std::string_view what, const std::string& why, std::string sqlstate, on_loss loss) {
  auto text = std::string{what} + ": the connection to the database was lost: " + why;
  conn_.reset();
  if (loss == on_loss::repeatable) throw error{error_kind::unavailable, std::move(sqlstate), text};
  lost_ = backend_;
  throw error{error_kind::unknown_outcome, std::move(sqlstate), text};
}

} // namespace xxl::storage::postgres
