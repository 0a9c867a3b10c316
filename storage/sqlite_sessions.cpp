#include "storage/sqlite_sessions.hpp"

#include "storage/soci_values.hpp"
#include "storage/sqlite_order.hpp"

namespace xxl::storage::sqlite {
namespace {

using soci::into;
using soci::use;

constexpr auto* ended_sql = "SELECT ended_ms IS NOT NULL FROM executor_session WHERE session_id = :session";

constexpr auto* holder_sql = "SELECT session_id FROM executor_session"
                             " WHERE group_id = :group AND name = :name AND ended_ms IS NULL";

constexpr auto* open_sql = "INSERT INTO executor_session (session_id, group_id, name, address, kind, version, labels, "
                           "started_ms, lease_until_ms)"
                           " VALUES (:session, :group, :name, :address, :kind, :version, :labels, :now, :until)";

constexpr auto* renew_sql = "UPDATE executor_session SET lease_until_ms = max(lease_until_ms, :until)"
                            " WHERE session_id = :session AND ended_ms IS NULL";

constexpr auto* end_sql = "UPDATE executor_session SET ended_ms = :now, end_reason = :reason"
                          " WHERE session_id = :session AND ended_ms IS NULL";

constexpr auto* expire_sql = "UPDATE executor_session SET ended_ms = :now, end_reason = :reason"
                             " WHERE ended_ms IS NULL AND lease_until_ms < :now RETURNING session_id";

constexpr auto* takeover_sql = "UPDATE executor_session SET lease_until_ms = max(lease_until_ms, :until)"
                               " WHERE ended_ms IS NULL RETURNING session_id";

/// Runs `change`, bound to `id`, for each session; answers those it took, sorted.
std::vector<session_id> take_each(std::span<const session_id> sessions, long long& id, soci::statement& change) {
  std::vector<session_id> taken;
  for (const auto session : sessions) {
    id = session.value;
    if (changes(change)) taken.push_back(session);
  }
  tidy(taken);
  return taken;
}

/// Runs `change`, which answers into `id`; answers the sessions it took, sorted.
std::vector<session_id> all_taken(soci::statement& change, const long long& id) {
  std::vector<session_id> taken;
  each_row(change, [&] { taken.push_back(session_id{id}); });
  tidy(taken);
  return taken;
}

} // namespace

void open_session(soci::session& s, const session_open& o, session_opened& answer) {
  const long long session = o.session.value, group = o.group.value, now = to_ms(o.now), until = to_ms(o.lease_until);
  const auto kind = static_cast<long long>(o.kind);
  const auto& name = checked_text(o.name, "the executor's name");

  long long ended = 0;
  bool known = false;
  soci::statement look = (s.prepare << ended_sql, use(session, "session"), into(ended));
  each_row(look, [&] { known = true; });
  if (known) {
    answer.gone = ended != 0;
    return;
  }

  answer.ended = end_sessions(s, o.lives, o.now, session_end::restarted);
  long long old = 0;
  soci::statement holder = (s.prepare << holder_sql, use(group, "group"), use(name, "name"), into(old));
  each_row(holder, [&] { answer.holder = session_id{old}; });
  if (answer.holder) return;
  s << open_sql, use(session, "session"), use(group, "group"), use(name, "name"),
      use(checked_text(o.address, "the executor's address"), "address"), use(kind, "kind"),
      use(checked_text(o.version, "the executor's version"), "version"),
      use(checked_text(o.labels, "the executor's labels"), "labels"), use(now, "now"), use(until, "until");
  answer.opened = true;
}

std::vector<session_id> renew_sessions(soci::session& s, std::span<const session_id> sessions, instant lease_until) {
  long long id = 0;
  const long long until = to_ms(lease_until);
  soci::statement renew = (s.prepare << renew_sql, use(until, "until"), use(id, "session"));
  return take_each(sessions, id, renew);
}

std::vector<session_id> end_sessions(soci::session& s, std::span<const session_id> sessions, instant now,
                                     session_end reason) {
  long long id = 0;
  const long long at = to_ms(now), why = static_cast<long long>(reason);
  soci::statement end = (s.prepare << end_sql, use(at, "now"), use(why, "reason"), use(id, "session"));
  return take_each(sessions, id, end);
}

std::vector<session_id> end_expired(soci::session& s, instant now) {
  long long id = 0;
  const long long at = to_ms(now), why = static_cast<long long>(session_end::lease_expired);
  soci::statement end = (s.prepare << expire_sql, use(at, "now"), use(why, "reason"), into(id));
  return all_taken(end, id);
}

std::vector<session_id> lease_takeover(soci::session& s, instant lease_until) {
  long long id = 0;
  const long long until = to_ms(lease_until);
  soci::statement renew = (s.prepare << takeover_sql, use(until, "until"), into(id));
  return all_taken(renew, id);
}

} // namespace xxl::storage::sqlite
