#include "audit/job_audit.hpp"

#include "audit/trigger_rules.hpp"
#include "audit/words.hpp"
#include "config/instant.hpp"

#include <algorithm>
#include <utility>

namespace xxl::audit {
namespace {

using namespace std::chrono_literals;

/// What is due this long and not claimed is worth a note: a takeover takes four seconds, the misfire threshold five.
constexpr auto patience = 10s;

std::string name_of(const subject& s) {
  return s.known ? s.job.group + "/" + s.job.name : "job " + to_string(s.job.id);
}

finding about_job(kind what, instant first, instant last, std::int64_t fires, std::string text) {
  return {what, {}, first, last, fires, {}, -1, 0, {}, std::move(text)};
}

} // namespace

job_audit::job_audit(const subject& s, const request& r)
    : subject_{s},
      request_{r},
      name_{name_of(s)},
      plan_{s.job, s.versions},
      accounts_{plan_, r.from, r.to, [this](finding f) { tell(std::move(f)); }},
      attempts_{plan_, [this](finding f) { tell(std::move(f)); }},
      handlers_{r.handlers ? r.handlers->starts_of(name_) : std::span<const handler_start>{}, r.from, r.to,
                plan_.border(), [this](finding f) { tell(std::move(f)); }} {
  report_.seen.jobs = s.known ? 1 : 0;
  if (s.known) tell_of_versions();
}

void job_audit::tell(finding f) {
  f.job = name_;
  f.text = name_ + ": " + f.text;
  report_.found.add(std::move(f));
}

void job_audit::tell_of_versions() {
  spec_version expected = 1;
  bool zone_told = false;
  for (auto& v : plan_.versions()) {
    if (v.version != expected)
      tell(about_job(kind::version_missing, {}, {}, 0,
                     "version " + std::to_string(expected) + " is not in its history"));
    expected = v.version + 1;
    if (v.begin >= request_.to || v.end < request_.from) continue;
    auto first = std::max(v.begin, request_.from), last = std::min(v.end, request_.to);
    if (v.what == planned_version::kind::unknown)
      tell(about_job(kind::version_unusable, first, last, 0,
                     "version " + std::to_string(v.version) + " cannot be used: " + v.problem));
    if (!v.tzdb.empty() && v.tzdb != request_.tzdb && !std::exchange(zone_told, true))
      tell(about_job(kind::tzdb_differs, first, last, 0,
                     "version " + std::to_string(v.version) + " was planned with zone data " + v.tzdb +
                         ", this machine has " + request_.tzdb));
  }
  if (expected <= subject_.job.version)
    tell(about_job(kind::version_missing, {}, {}, 0, "version " + std::to_string(expected) + " is not in its history"));
}

void job_audit::gap(const audit_gap& g) {
  if (!subject_.known)
    ++unknown_gaps_;
  else
    accounts_.gap(g);
}

void job_audit::trigger(const audit_trigger& t) {
  if (!subject_.known) {
    ++unknown_triggers_;
    return;
  }
  if (t.origin.empty() && t.fire >= plan_.border()) return; // still being written
  ++report_.seen.triggers;
  if (is_final(t.state) && !t.ended)
    tell(about(kind::final_without_end, t, "is " + to_string(t.state) + " without an end"));
  if (auto why = illegal(t); !why.empty()) tell(about(kind::illegal_state, t, "is illegal: " + why));
  if (auto why = out_of_order(t); !why.empty()) tell(about(kind::times_out_of_order, t, "was " + why));
  if (!plan_.find(t.version))
    tell(about(kind::unknown_version, t, "is of version " + std::to_string(t.version) + ", which does not exist"));
  if (!attempts_.row(t)) return;
  if (t.origin.empty() && t.shard < 0 && t.attempt == 1) accounts_.first_attempt(t);
  if (request_.handlers && !is_parent(t)) handlers_.row(t);
}

report job_audit::end() {
  if (!subject_.known) {
    tell(about_job(kind::unknown_job, {}, {}, 0,
                   "there is no such job, but " + std::to_string(unknown_triggers_) + " triggers and " +
                       std::to_string(unknown_gaps_) + " gap rows of it"));
    return std::move(report_);
  }
  attempts_.end();
  accounts_.end();
  tell_of_plan();
  if (request_.handlers) tell_of_handlers();
  auto& seen = report_.seen;
  seen.due = accounts_.due();
  seen.first_attempts = accounts_.first_attempts();
  seen.gap_rows = accounts_.gap_rows();
  seen.gap_fires = accounts_.gap_fires();
  seen.missing = accounts_.missing();
  return std::move(report_);
}

void job_audit::tell_of_plan() {
  auto& seen = report_.seen;
  auto until = std::min(request_.to, request_.now + 1ms);
  auto& next = subject_.job.next;
  seen.pending = static_cast<std::uint64_t>(plan_.pending(request_.from, until));
  if (seen.pending > 0 && *next + plan_.versions().back().jitter + patience < request_.now)
    tell(about_job(kind::not_claimed, *next, until - 1ms, static_cast<std::int64_t>(seen.pending),
                   fire_words(*next) + " is due and not claimed, in all " + std::to_string(seen.pending) +
                       " fires up to now: is there a leader?"));
  seen.held = static_cast<std::uint64_t>(plan_.held(request_.from, until));
  if (seen.held > 0)
    tell(about_job(kind::held, plan_.border(), until - 1ms, static_cast<std::int64_t>(seen.held),
                   std::to_string(seen.held) + " fires since " + config::format_instant(plan_.border() - 1ms) +
                       " are held by a pause; when it ends they become a gap row"));
  if (auto lost = plan_.lost_next(); lost && *lost < request_.to)
    tell(about_job(kind::plan_lost, *lost, *lost, 0,
                   "it is neither paused nor disabled, but no fire is planned behind " +
                       config::format_instant(subject_.job.last.value_or(*lost))));
}

void job_audit::tell_of_handlers() {
  handlers_.end();
  report_.seen.starts = handlers_.starts();
  if (handlers_.rows_that_ran() > 0 && request_.handlers->starts_of(name_).empty())
    tell(
        about_job(kind::handlers_silent, request_.from, request_.to, 0,
                  std::to_string(handlers_.rows_that_ran()) + " runs, and the handlers' record does not name the job"));
}

} // namespace xxl::audit
