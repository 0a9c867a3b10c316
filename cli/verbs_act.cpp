// trigger, pause, resume, kill and logs.

#include "cli/json.hpp"
#include "cli/render.hpp"
#include "cli/table.hpp"
#include "cli/verbs.hpp"
#include "cli/words.hpp"
#include "protocol/random.hpp"

#include <chrono>
#include <utility>

namespace xxl::cli {

using namespace std::chrono_literals;

constexpr auto follow_every = 500ms;

void trigger(const trigger_verb& v, admin& a, const std::string& who, const printer& p) {
  auto job = resolve(a, v.job);
  auto request = v.request.empty() ? random_request_id() : v.request;
  trigger_receipt receipt;
  try {
    receipt = a.ask<trigger_receipt>(trigger_atom_v, trigger_request{job, v.params, request, who});
  } catch (const failure& e) {
    if (e.code != exit_code::no_answer) throw;
    throw failure{e.code,
                  std::string{e.what()} + "; repeating it with --request-id " + request + " starts it at most once"};
  }
  if (p.as == format::json)
    p.out << json(receipt);
  else
    p.out << "trigger " << to_string(receipt.trigger) << " of " << job.group << "/" << job.name << " at "
          << time_text(receipt.fire) << (receipt.repeated ? ": known already, nothing was started" : "") << "\n";
}

void pause(const pause_verb& v, admin& a, const std::string& who, const printer& p) {
  auto job = resolve(a, v.job);
  auto answer = a.ask<pause_answer>(pause_atom_v, pause_request{job, v.pause, who});
  if (p.as == format::json) {
    p.out << json(answer);
    return;
  }
  auto* what = v.pause ? (answer.changed ? " paused" : " was paused already")
                       : (answer.changed ? " resumed" : " was not paused");
  p.out << "job " << job.group << "/" << job.name << what;
  if (!v.pause && answer.next) p.out << ", next fire " << time_text(*answer.next);
  p.out << "\n";
}

void kill(const kill_verb& v, admin& a, const std::string& who, const printer& p) {
  auto job = v.trigger ? job_ref{} : resolve(a, v.job);
  auto answer = a.ask<kill_answer>(kill_atom_v, kill_request{v.trigger, job, who});
  if (p.as == format::json)
    p.out << json(answer);
  else if (v.trigger)
    p.out << "trigger " << to_string(*v.trigger) << ": " << render(answer, true) << "\n";
  else
    p.out << "job " << job.group << "/" << job.name << ": " << render(answer, false) << "\n";
}

void logs(const logs_verb& v, admin& a, const printer& p) {
  log_query q;
  q.trigger = v.trigger;
  q.from_line = v.from_line;
  bool found = false;
  for (;;) {
    auto chunk = a.ask<log_chunk>(log_atom_v, q);
    found |= chunk.found;
    auto number = chunk.from_line;
    for (auto& line : chunk.lines) p.out << (p.as == format::json ? json_line(number, line) : line + "\n"), ++number;
    p.out << std::flush;
    if (!chunk.lines.empty()) q.from_line = number;
    if (chunk.complete) break;
    if (!chunk.lines.empty()) continue;
    if (!v.follow) break;
    a.wait(follow_every);
  }
  if (!found) p.err << "trigger " << to_string(v.trigger) << " has no log: no executor has started it\n";
}

} // namespace xxl::cli
