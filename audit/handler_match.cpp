#include "audit/handler_match.hpp"

#include "config/instant.hpp"

#include <utility>

namespace xxl::audit {
namespace {

std::string words_for(const handler_start& s) {
  auto text = "the fire of " + config::format_instant(s.fire);
  if (!s.origin.empty()) text += " (" + s.origin + ")";
  if (s.shard > 0) text += ", shard " + std::to_string(s.shard);
  return text + ", attempt " + std::to_string(s.attempt);
}

finding finding_of(kind what, const handler_start& s, std::string text) {
  return {what, {}, s.fire, s.fire, 0, s.origin, s.shard, s.attempt, {}, std::move(text)};
}

/// Its end came from the executor, after the handler had begun: the handler must have noted it. (Of a lost one nobody
/// knows, and an open one may be about to begin.)
bool surely_ran(const audit_trigger& t) {
  return is_final(t.state) && t.state != trigger_state::lost && t.session && t.started;
}

/// Its executor's life ended while it had the run; one that was marked for killing by then ends as killed.
bool went_with_its_executor(const audit_trigger& t) {
  return t.state == trigger_state::lost ||
         (t.state == trigger_state::killed && t.reason == state_reason::session_ended);
}

/// No handler can have begun it.
bool never_ran(const audit_trigger& t) {
  return t.state == trigger_state::waiting || (is_final(t.state) && !went_with_its_executor(t) && !t.started);
}

} // namespace

handler_match::handler_match(std::span<const handler_start> sorted, instant from, instant to, instant border, sink out)
    : left_{sorted}, from_{from}, to_{to}, border_{border}, out_{std::move(out)}, silent_{sorted.empty()} {
  skip_passed_over();
}

bool handler_match::passed_over(const handler_start& s) const {
  return s.fire < from_ || s.fire >= to_ || (s.origin.empty() && s.fire >= border_);
}

void handler_match::skip_passed_over() {
  while (!left_.empty() && passed_over(left_.front())) left_ = left_.subspan(1);
}

handler_start handler_match::take() {
  auto start = left_.front();
  left_ = left_.subspan(1);
  ++starts_;
  skip_passed_over();
  return start;
}

void handler_match::without_row(const handler_start& s) {
  out_(finding_of(kind::handler_without_row, s,
                  "session " + to_string(s.session) + " started " + words_for(s) + ", which the ledger does not know"));
}

void handler_match::row(const audit_trigger& t) {
  const auto key = start_of(t);
  while (!left_.empty() && comes_before(left_.front(), key)) without_row(take());
  int started = 0;
  session_id elsewhere;
  for (; !left_.empty() && !comes_before(key, left_.front()); ++started)
    if (auto start = take(); start.session != t.session) elsewhere = start.session;
  const auto ran = surely_ran(t);
  if (ran) ++ran_;
  auto tell = [&](kind what, const std::string& text) {
    auto f = finding_of(what, key, "trigger " + to_string(t.id) + ", " + words_for(key) + ", " + text);
    f.trigger = t.id;
    out_(std::move(f));
  };
  if (started > 1) tell(kind::handler_doubled, "started " + std::to_string(started) + " times");
  if (started > 0 && never_ran(t))
    tell(kind::handler_denied, "is " + to_string(t.state) + " and never started, but a handler noted its start");
  else if (elsewhere)
    tell(kind::handler_elsewhere,
         "was started by session " + to_string(elsewhere) + ", but session " + to_string(t.session) + " had it");
  if (started == 0 && ran && !silent_)
    tell(kind::start_without_handler, "is " + to_string(t.state) + ", but no handler noted its start");
}

void handler_match::end() {
  while (!left_.empty()) without_row(take());
}

} // namespace xxl::audit
