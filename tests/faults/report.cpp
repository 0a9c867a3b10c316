#include "tests/faults/report.hpp"

#include "tests/faults/takeover.hpp"

#include <algorithm>
#include <ostream>

namespace xxl::faults {
namespace {

/// Around a violation, what is shown of its job and which faults are named.
constexpr std::int64_t around_ms = 3'000, near_fault_ms = 15'000;

/// How long each takeover after a fault of that kind was, if nothing else was wrong.
std::vector<std::int64_t> takeovers(const run_record& record, fault_kind kind) {
  std::vector<std::int64_t> lengths;
  for (auto& p : record.faults)
    if (p.what.what == kind && p.alone)
      if (auto ms = takeover_ms(record.seen.ledger.rows, p.hit_ms)) lengths.push_back(*ms);
  return lengths;
}

/// The first attempt of the schedule that started latest after its fire time; null without any.
const e2e::ledger_row* latest_start(const run_record& record) {
  const e2e::ledger_row* latest = nullptr;
  auto lateness = [](const e2e::ledger_row& row) { return row.started_ms - row.key.fire_ms; };
  for (auto& row : record.seen.ledger.rows)
    if (row.key.attempt == 1 && row.key.origin.empty() && row.started_ms > 0 &&
        (!latest || lateness(row) > lateness(*latest)))
      latest = &row;
  return latest;
}

std::string last_line(const std::string& text) {
  auto end = text.find_last_not_of('\n');
  return end == std::string::npos ? std::string{} : text.substr(text.rfind('\n', end) + 1, end - text.rfind('\n', end));
}

/// With what people did to its job meanwhile: a pause or an edit holds a fire back as well as a fault.
void print_latest(std::ostream& out, const run_record& record, const e2e::ledger_row& row) {
  out << "the latest start, " << row.started_ms - row.key.fire_ms << " ms after its fire time: " << to_string(row.key)
      << ": " << text_of(row) << "\n";
  auto meanwhile = [&](std::int64_t from, std::int64_t to) {
    return from <= row.started_ms && to >= row.key.fire_ms - around_ms;
  };
  for (auto& act : record.seen.acts)
    if (act.job == row.key.job && meanwhile(act.asked_ms, act.answered_ms))
      out << "  " << act.what << " asked for at " << act.asked_ms << ", answered at " << act.answered_ms << "\n";
  for (auto& v : record.seen.versions)
    if (v.job == row.key.job && meanwhile(v.from_ms, v.from_ms))
      out << "  version " << v.version << " from " << v.from_ms << ", after " << v.after_ms.value_or(0)
          << (v.paused ? ", paused" : "") << "\n";
  for (auto& gap : record.seen.ledger.gaps)
    if (gap.job == row.key.job && meanwhile(gap.from_ms, gap.to_ms)) out << "  gap " << text_of(gap) << "\n";
}

bool is_near(std::int64_t ms, std::int64_t other, std::int64_t by) { return ms >= other - by && ms <= other + by; }

} // namespace

void print_figures(std::ostream& out, const run_record& record, const verdict& v) {
  auto killed = takeovers(record, fault_kind::leader_kill), frozen = takeovers(record, fault_kind::leader_freeze),
       stopped = takeovers(record, fault_kind::leader_stop);
  auto seconds = std::max<std::int64_t>((record.ended_ms - record.began_ms) / 1'000, 1);
  out << v.fires / seconds << " fires a second for " << seconds << " s, " << record.seen.starts.size() << " starts, "
      << record.seen.acts.size() << " edits, pauses and resumes, " << record.seen.triggered.size()
      << " started by hand, " << record.seen.killed.size() << " killed\n";
  if (auto* row = latest_start(record)) print_latest(out, record, *row);
  out << "xxlctl audit: " << last_line(record.audit.output) << record.audit.errors << "\n";
  out << "takeover_sigterm_p50_ms=" << median(stopped) << " takeover_sigterm_max_ms=" << longest(stopped) << "\n"
      << "faults=" << record.faults.size() << " fires=" << v.fires << " lost=" << v.lost << " doubled=" << v.doubled
      << " gaps=" << v.gaps << " lost_rows=" << v.lost_rows << " no_executor=" << v.no_executor
      << " takeover_kill9_p50_ms=" << median(killed) << " takeover_kill9_max_ms=" << longest(killed)
      << " takeover_sigstop_max_ms=" << longest(frozen) << std::endl;
}

void print_violations(std::ostream& out, const run_record& record, const verdict& v, std::size_t most) {
  for (std::size_t i = 0; i < std::min(most, v.violations.size()); ++i) {
    auto& x = v.violations[i];
    out << "VIOLATION " << x.rule << ": " << x.job << " at " << x.fire_ms << " ("
        << static_cast<double>(x.fire_ms - record.began_ms) / 1'000 << " s into the run)\n  " << x.what << "\n";
    for (auto& start : record.seen.starts)
      if (start.key.job == x.job && is_near(start.key.fire_ms, x.fire_ms, around_ms))
        out << "  start " << to_string(start.key) << " " << start.session << "\n";
    for (auto& row : record.seen.ledger.rows)
      if (row.key.job == x.job && is_near(row.key.fire_ms, x.fire_ms, around_ms))
        out << "  row   " << to_string(row.key) << ": " << text_of(row) << "\n";
    for (auto& gap : record.seen.ledger.gaps)
      if (gap.job == x.job && gap.from_ms <= x.fire_ms + around_ms && gap.to_ms >= x.fire_ms - around_ms)
        out << "  gap   " << text_of(gap) << "\n";
    for (auto& p : record.faults)
      if (p.hit_ms - near_fault_ms <= x.fire_ms && x.fire_ms <= p.whole_ms + near_fault_ms)
        out << "  fault " << to_string(p, record.began_ms) << "\n";
  }
  if (v.violations.size() > most) out << "… and " << v.violations.size() - most << " more\n";
}

} // namespace xxl::faults
