#include "storage/soci_postgres.hpp"

#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>

#include <map>
#include <memory>

namespace xxl::storage {
namespace {

using settings = std::map<std::string, std::string>;

/// The parameters that the url names.
settings parse(const std::string& url) {
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options{PQconninfoParse(url.c_str(), &message),
                                                                             &PQconninfoFree};
  if (!options) {
    // libpq quotes the url in its message, password and all: only its reason is told.
    PQfreemem(message);
    throw error{error_kind::fatal,
                {},
                "storage: not a PostgreSQL url; write postgresql://user:password@host:port/database, with reserved "
                "characters in the password percent-encoded"};
  }
  settings named;
  for (const auto* o = options.get(); o->keyword != nullptr; ++o)
    if (o->val != nullptr) named[o->keyword] = o->val;
  return named;
}

/// As libpq reads it: name='value', quotes and backslashes escaped.
std::string conninfo(const settings& named) {
  std::string text;
  for (const auto& [name, value] : named) {
    text += name + "='";
    for (const char c : value) {
      if (c == '\'' || c == '\\') text += '\\';
      text += c;
    }
    text += "' ";
  }
  return text;
}

} // namespace

soci_connection postgres_connection(const std::string& url, const std::string& role, const std::string& node) {
  auto named = parse(url);
  named["application_name"] = role + ":" + node;
  named["client_encoding"] = "UTF8";
  named.try_emplace("connect_timeout", "2");
  named.try_emplace("target_session_attrs", "read-write");
  for (const auto& [name, value] :
       settings{{"keepalives_idle", "2"}, {"keepalives_interval", "1"}, {"keepalives_count", "3"}})
    named.try_emplace(name, value);
  named["options"] += " -c statement_timeout=10s -c idle_in_transaction_session_timeout=2s";
  return soci_connection{dialect::postgres,
                         [text = conninfo(named)](soci::session& s) { s.open(soci::postgresql, text); }};
}

std::string postgres_place(const std::string& url) {
  auto named = parse(url);
  const auto port = named["port"];
  const auto host = named["host"].empty() ? named["hostaddr"] : named["host"];
  return (host.empty() ? "localhost" : host) + (port.empty() ? "" : ":" + port) + "/" + named["dbname"];
}

} // namespace xxl::storage
