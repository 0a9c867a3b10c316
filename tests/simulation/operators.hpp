#pragma once
// People: they define groups and jobs, then edit, pause, resume and trigger, through any admin, and repeat what got no
// answer with the same request id, as xxlctl does.

#include "tests/simulation/cluster.hpp"

#include <caf/event_based_actor.hpp>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace xxl::sim {

/// What the seed made of a job.
struct drawn_job {
  job_spec spec;
  behaviour handler;
  bool paused = false;
};

/// Executors of these groups exist; of the last one never.
inline const std::vector<std::string> group_names{"alpha", "beta", "gamma"};

/// Jobs of every kind of schedule, whose runs leave their executors time; `now` is about the admins' wall clock.
std::vector<drawn_job> draw_jobs(dice& random, int count, const cluster_settings& settings, instant now);

class operators {
public:
  /// Defines everything; from then on something is done every so often. `violated(rule, what)` hears of broken
  /// promises.
  operators(world& w, cluster& c, dice random, std::vector<drawn_job> jobs, span every,
            std::function<void(const std::string&, const std::string&)> violated);

  /// No more edits: soon every job is disabled and none is paused, and finished() is true.
  void end() { ending_ = true; }
  bool finished() const { return finished_; }
  behaviour behaviour_of(const std::string& job_name) const;

private:
  using then = std::function<void()>;
  void later(span wait, then what);
  /// Asks an admin, and another one, until an answer satisfies `enough`.
  template <class Answer, class Atom, class Request>
  void insist(Atom what, Request request, std::function<bool(const Answer&)> enough, then done);
  void apply(std::vector<job_spec> jobs, then done);
  void act();
  void edit(drawn_job& job);
  void pause(drawn_job& job, bool pause, then done);
  void trigger(const drawn_job& job);
  void kill(const drawn_job& job);
  void resume_from(std::size_t job);
  operator_actor some_admin();

  world& world_;
  cluster& cluster_;
  dice random_;
  std::vector<drawn_job> jobs_;
  span every_;
  std::function<void(const std::string&, const std::string&)> violated_;
  caf::event_based_actor* self_ = nullptr; ///< asks in their name
  bool ending_ = false, finished_ = false;
  std::size_t numbers_ = 0, under_way_ = 0;
  std::map<std::uint64_t, then> waiting_;
  std::set<std::size_t> busy_;                 ///< jobs of which a request is under way: people wait for an answer
  std::map<std::string, trigger_id> receipts_; ///< by request id
};

} // namespace xxl::sim
