#include "tests/simulation/run.hpp"

#include "tests/simulation/chronicle.hpp"
#include "tests/simulation/laws/law.hpp"
#include "tests/simulation/misfortunes.hpp"
#include "tests/simulation/operators.hpp"
#include "tests/simulation/sqlite_clock.hpp"
#include "tests/simulation/witness.hpp"

#include <caf/actor_system.hpp>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <utility>

namespace xxl::sim {
namespace {

/// How long everything may take to settle once nothing goes wrong any more: leases and the waits for journals run out,
/// rows find executors or fail, retries follow.
span settles_within(const options& o) {
  auto& how = o.settings.how;
  return 30s + 3 * how.lease + 4 * how.dispatch_timeout;
}

/// How long nothing goes wrong before everything must be on time again: a leader is found, and has looked at all.
constexpr auto calm = 10s;

std::filesystem::path memory_or_disk() {
  const std::filesystem::path memory = "/dev/shm";
  return std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
}

struct actor_config : caf::actor_system_config {
  actor_config() {
    add_message_types<caf::id_block::xxl_protocol>();
    add_message_types<caf::id_block::xxl_handles>();
    set("scheduler.policy", caf::atom("testing"));
  }
};

/// What the nodes say, with whose step it is and when.
class teller final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
public:
  explicit teller(const world& w) : world_{w} {}

protected:
  void sink_it_(const spdlog::details::log_msg& m) override {
    auto t = std::chrono::duration<double>(world_.now().time_since_epoch() - 1h).count();
    std::printf("%11.6f %-11s %.*s\n", t, world_.name(world_.current()).c_str(), static_cast<int>(m.payload.size()),
                m.payload.data());
  }
  void flush_() override {}

private:
  const world& world_;
};

/// Open rows, and those who might know of them.
class open_rows final : public law {
public:
  void inserted(const open_trigger& x) override { rows_[x.id] = x; }
  void updated(const open_trigger&, const open_trigger& x) override { rows_[x.id] = x; }
  void removed(const open_trigger& x) override { rows_.erase(x.id); }
  bool none() const { return rows_.empty(); }
  std::string list() const {
    std::string text;
    for (auto& [id, x] : rows_)
      text += " trigger " + to_string(id) + " " + to_string(x.key) + " " + to_string(x.state) + " of session " +
              to_string(x.session) + ";";
    return text;
  }

private:
  std::map<trigger_id, open_trigger> rows_;
};

/// Everything of one run, made in this order.
class stage {
public:
  stage(const options& o, ground& g, bool log)
      : options_{o},
        world_{system_, dice{o.seed, "turns"}, o.step_most},
        judge_{world_},
        net_{world_, dice{o.seed, "network"}, o.net, laws_},
        wall_{world_.clock()},
        sql_time_{[this] { return wall_.now(); }},
        watch_{laws_},
        database_{world_, dice{o.seed, "database"}, o.db, storage::open_store(g.fresh_database(), "server"), laws_},
        cluster_{world_,
                 net_,
                 database_,
                 dice{o.seed, "cluster"},
                 o.settings,
                 g.disks(),
                 [this](const order& what) { return operators_->behaviour_of(what.job_name); },
                 laws_,
                 [this](const std::string& why) { judge_.violated("an admin goes on", why); }} {
    if (log) laws_.add(make_chronicle(world_));
    auto open = std::make_unique<open_rows>();
    open_ = open.get();
    laws_.add(std::move(open));
    laws_.add(a_key_starts_once(judge_));
    laws_.add(acknowledged_is_committed(judge_));
    laws_.add(ended_sessions_stay_ended(judge_));
    laws_.add(ends_are_what_happened(judge_, world_, o.settings.how.lease));
    laws_.add(killed_ends_as_killed(judge_));
    laws_.add(leaders_act_on_trust(judge_, world_, database_));
    laws_.add(older_epochs_claim_nothing(judge_));
    laws_.add(orders_stay_within_credit(judge_));
    laws_.add(nothing_due_is_left(judge_));
    laws_.add(nothing_held_is_sent_again(judge_));
    laws_.add(retries_follow_their_rule(judge_));
    laws_.add(starts_are_allowed(judge_, world_));
    laws_.add(states_step_forward(judge_));
    laws_.add(the_database_refuses_nothing(judge_));
    laws_.add(the_plan_moves_forward(judge_));
    laws_.add(the_record_is_complete(judge_));
    laws_.add(make_witness(world_));
  }

  /// Machines and people hold actors of theirs; those are gone when they are.
  ~stage() {
    for (auto& m : cluster_.admins()) m.actors = {};
    for (auto& m : cluster_.executors()) m.actors = {};
    system_.await_actors_before_shutdown(false);
  }

  const world& clock() const { return world_; }

  verdict play() {
    verdict v;
    auto phase = [&](const char* name) {
      if (!judge_.found()) v.phase = name;
    };
    phase("chaos");
    open_the_house();
    misfortunes wrong{world_, cluster_, net_, database_, options_};
    world_.run_until(world_.now() + options_.chaos);
    phase("calm");
    wrong.end();
    world_.run_until(world_.now() + calm); // what people had asked of a frozen admin is answered or given up
    if (!judge_.found()) laws_.calm(wall_.now());
    operators_->end();
    phase("settling");
    settle();
    if (!judge_.found()) laws_.finish();
    cluster_.note_lives();
    if (auto left = world_.end(); left > 0) judge_.violated("no actor is left over", std::to_string(left) + " of them");
    v.rule = judge_.rule();
    v.what = judge_.what();
    v.at = (judge_.found() ? judge_.at() : world_.now()).time_since_epoch() - 1h;
    v.steps = world_.steps();
    v.hash = world_.hash();
    return v;
  }

private:
  void open_the_house() {
    dice random{options_.seed, "start"};
    auto offset = options_.clock_offsets.begin();
    for (int i = 0; i < options_.admins; ++i) cluster_.add_admin(*offset++);
    for (int i = 0; i < options_.executors; ++i)
      cluster_.add_executor(group_names[i == 0 ? 0 : random.below(2)], *offset++);
    for (auto& m : cluster_.admins())
      world_.in(random.between(0ns, 1s), process::nobody, [this, &m] { cluster_.start(m); });
    for (auto& m : cluster_.executors())
      world_.in(random.between(0ns, 2s), process::nobody, [this, &m] { cluster_.start(m); });
    operators_.emplace(world_, cluster_, dice{options_.seed, "operators"},
                       draw_jobs(random, options_.jobs, options_.settings, wall_.now()), options_.operator_every,
                       [this](const std::string& rule, const std::string& what) { judge_.violated(rule, what); });
  }

  bool quiet() {
    if (!operators_->finished() || !open_->none()) return false;
    for (auto& m : cluster_.executors())
      if (up(m) && m.counters->at("callback.pending") > 0) return false;
    return true;
  }

  void settle() {
    auto limit = world_.now() + settles_within(options_);
    while (!world_.stopped() && !quiet()) {
      if (world_.now() >= limit) {
        judge_.violated("everything settles",
                        operators_->finished() ? "still open:" + open_->list() : "the operators get no answer");
        return;
      }
      world_.run_until(world_.now() + 100ms);
    }
  }

  const options& options_;
  actor_config config_;
  caf::actor_system system_{config_};
  world world_;
  laws laws_;
  judge judge_;
  network net_;
  test::virtual_clock wall_; ///< the server's
  sqlite_clock sql_time_;
  row_watch watch_;
  database database_;
  std::optional<operators> operators_;
  cluster cluster_;
  open_rows* open_ = nullptr;
};

} // namespace

ground::ground() : place_{memory_or_disk()} {
  auto path = place_ / "template.db";
  storage::open_store("sqlite://" + path.string(), "template")->migrate();
  row_watch::prepare(path);
}

std::string ground::fresh_database() {
  std::filesystem::remove_all(disks());
  for (auto* file : {"run.db", "run.db-wal", "run.db-shm"}) std::filesystem::remove(place_ / file);
  std::filesystem::copy_file(place_ / "template.db", place_ / "run.db");
  return "sqlite://" + (place_ / "run.db").string();
}

verdict run(const options& o, ground& g, bool log) {
  auto before = spdlog::default_logger();
  auto silent = std::make_shared<spdlog::logger>("silent");
  silent->set_level(spdlog::level::off);
  spdlog::set_default_logger(silent);
  stage s{o, g, log};
  if (log) {
    spdlog::set_default_logger(std::make_shared<spdlog::logger>("run", std::make_shared<teller>(s.clock())));
    spdlog::set_level(spdlog::level::trace);
  }
  auto v = s.play();
  spdlog::set_default_logger(before);
  return v;
}

} // namespace xxl::sim
