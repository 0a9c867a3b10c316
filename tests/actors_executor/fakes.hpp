#pragma once
// What executor tests need again and again: orders, and an admin made of a gate and a link that
// remember what they were told and answer as the test says.

#include "protocol/actors.hpp"
#include "protocol/errors.hpp"
#include "tests/support/temporary_directory.hpp"

#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>
#include <string>
#include <vector>

namespace xxl::executor::test {

using xxl::test::temporary_directory;

inline constexpr session_id our_session{77};
inline constexpr instant a_fire = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};

inline order make_order(std::int64_t trigger, std::int64_t job = 1, work_spec work = handler_work{"noop"}) {
  order o;
  o.trigger = {trigger};
  o.job = {job};
  o.version = 1;
  o.job_name = "tests/job-" + std::to_string(job);
  o.fire = o.planned = a_fire;
  o.work = std::move(work);
  return o;
}

inline outcome make_outcome(std::int64_t trigger, std::string message = {}) {
  outcome x;
  x.trigger = {trigger};
  x.job = {1};
  x.version = 1;
  x.fire = x.started = x.ended = a_fire;
  x.message = std::move(message);
  return x;
}

/// What an admin was told, and how it answers; shared by its gate, its links and the test.
struct fake_admin {
  // Answers.
  bool refuse_hello = false;
  std::optional<errc> refuse_register;
  session_id ended_session; ///< its beats are answered with session_ended
  bool answer_beats = true;
  bool leads = false;
  epoch_id epoch;
  std::chrono::milliseconds beat{1'000}, lease{10'000};
  bool acknowledge = true;
  std::optional<script_source> source;
  // Told.
  std::vector<executor_hello> hellos;
  std::vector<executor_actor> executors; ///< one per hello
  std::vector<executor_link_actor> links;
  std::vector<std::uint64_t> beats;
  std::vector<std::uint32_t> credits;
  std::vector<inventory_piece> pieces;
  std::vector<callback_batch> callbacks;
  std::vector<return_batch> returns;
  std::vector<progress_batch> reports;
  std::vector<session_id> byes;
  std::vector<life_report> lives;

  std::vector<std::int64_t> called_back() const {
    std::vector<std::int64_t> ids;
    for (auto& b : callbacks)
      for (auto& x : b.outcomes) ids.push_back(x.trigger.value);
    return ids;
  }
  std::vector<returned_order> returned() const {
    std::vector<returned_order> all;
    for (auto& b : returns) all.insert(all.end(), b.orders.begin(), b.orders.end());
    return all;
  }
  /// Drops all handles: they hold actors.
  void forget_actors() {
    executors.clear();
    links.clear();
  }
};
using fake_admin_ptr = std::shared_ptr<fake_admin>;

struct fake_state {
  fake_state() = default;
};

inline executor_link_actor::behavior_type fake_link(executor_link_actor::stateful_pointer<fake_state> self,
                                                    fake_admin_ptr admin, executor_actor executor) {
  return {
      [=](register_atom, const executor_hello& hello) -> caf::result<executor_welcome> {
        admin->hellos.push_back(hello);
        if (admin->refuse_register) return make_error(*admin->refuse_register, "the test refuses");
        return executor_welcome{"admin", admin->beat, admin->lease};
      },
      [=](beat_atom, session_id session, std::uint64_t sequence) -> caf::result<beat_answer> {
        admin->beats.push_back(sequence);
        if (session == admin->ended_session) return make_error(errc::session_ended, "the session has ended");
        if (!admin->answer_beats) return self->make_response_promise<beat_answer>(); // never delivered
        return beat_answer{sequence, admin->leads, admin->epoch};
      },
      [=](credit_atom, std::uint32_t n) { admin->credits.push_back(n); },
      [=](holds_atom, const inventory_piece& piece) { admin->pieces.push_back(piece); },
      [=](callback_atom, const callback_batch& batch) {
        admin->callbacks.push_back(batch);
        if (admin->acknowledge) self->send(executor, ack_atom_v, batch.number);
      },
      [=](return_atom, const return_batch& batch) { admin->returns.push_back(batch); },
      [=](progress_atom, const progress_batch& batch) { admin->reports.push_back(batch); },
      [=](life_atom, const life_report& report) { admin->lives.push_back(report); },
      [=](script_atom, job_id, spec_version) -> caf::result<script_source> {
        if (!admin->source) return make_error(errc::not_found, "no such script");
        return *admin->source;
      },
      [=](bye_atom, session_id session) {
        admin->byes.push_back(session);
        self->quit();
      },
  };
}

inline gate_actor::behavior_type fake_gate(gate_actor::stateful_pointer<fake_state> self, fake_admin_ptr admin) {
  return {[=](hello_atom, std::uint32_t, std::uint32_t newest, const std::string&, const std::string&,
              const caf::strong_actor_ptr& who) -> caf::result<std::uint32_t, caf::strong_actor_ptr> {
    if (admin->refuse_hello) return make_error(errc::protocol_mismatch, "the test refuses");
    auto executor = caf::actor_cast<executor_actor>(who);
    auto link = self->spawn(fake_link, admin, executor);
    admin->executors.push_back(executor);
    admin->links.push_back(link);
    return {newest, caf::actor_cast<caf::strong_actor_ptr>(link)};
  }};
}

} // namespace xxl::executor::test
