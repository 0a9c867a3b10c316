#include "actors/executor/script_host.hpp"

#include "actors/executor/script_files.hpp"
#include "protocol/errors.hpp"
#include "protocol/validate.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstring>
#include <map>

namespace xxl::executor {
namespace {

using namespace std::chrono_literals;

using script_key = std::pair<job_id, spec_version>;

struct script_host_state {
  static constexpr const char* name = "script_host";
  script_host_state() = default;
  struct fetch {
    std::vector<run_ptr> runs;
    int attempts = 0;
  };
  script_host_config cfg;
  std::shared_ptr<script_files> files;
  std::map<script_key, fetch> fetches; ///< runs that wait for a source
};
using self_ptr = script_host_actor::stateful_pointer<script_host_state>;

/// The end of a child as the end of its run.
void tell_end(run_recorder& recorder, const run_ptr& r, const process_end& end) {
  switch (end.how) {
  case process_end::kind::exited:
    if (end.code == 0) return recorder.end(r, trigger_state::succeeded, state_reason::none, "exit code 0");
    return recorder.end(r, trigger_state::failed, state_reason::exit_code, "exit code " + std::to_string(end.code));
  case process_end::kind::signalled:
    return recorder.end(r, trigger_state::failed, state_reason::exit_code,
                        "killed by signal " + std::to_string(end.code));
  case process_end::kind::not_started:
    return recorder.end(r, trigger_state::failed, state_reason::launch_failed,
                        std::string{"cannot start: "} + std::strerror(end.code));
  }
}

void launch(const script_host_config& cfg, const run_ptr& r, std::vector<std::string> arguments) {
  auto recorder = cfg.recorder;
  if (find_program(arguments.at(0)).empty())
    return recorder->fail(r, state_reason::interpreter_missing,
                          "\"" + arguments[0] + "\" is not installed on this executor (not found in PATH)");
  if (!recorder->begin(r)) return;
  auto number = cfg.processes->start(
      {std::move(arguments), script_environment(r->task)},
      [recorder, r](std::string_view line) { recorder->line(*r, line); },
      [recorder, r](const process_end& end) { tell_end(*recorder, r, end); });
  // Weak: the run may be cancelled by whoever outlives the processes.
  r->on_cancel([processes = std::weak_ptr{cfg.processes}, number] {
    if (auto host = processes.lock()) host->terminate(number);
  });
}

void ask_for_source(self_ptr self, script_key key);

void source_failed(self_ptr self, script_key key, const caf::error& why) {
  auto& state = self->state;
  auto& f = state.fetches.at(key);
  auto gone = code_of(why) == errc::not_found || code_of(why) == errc::invalid_argument;
  if (!gone && ++f.attempts < state.cfg.fetch_attempts) {
    self->delayed_send(self, state.cfg.fetch_again, source_retry_tick{key.first, key.second});
    return;
  }
  auto text = "the source of job " + to_string(key.first) + " version " + std::to_string(key.second) +
              " cannot be had: " + text_of(why);
  for (auto& r : f.runs) state.cfg.recorder->fail(r, state_reason::script_unavailable, text);
  state.fetches.erase(key);
}

void source_came(self_ptr self, script_key key, const script_source& source) {
  auto problem = invalid(source);
  if (!problem && (source.job != key.first || source.version != key.second))
    problem = "the source of another script came";
  if (problem) return source_failed(self, key, make_error(errc::invalid_argument, *problem));
  auto& state = self->state;
  try {
    auto path = state.files->store(source);
    for (auto& r : state.fetches.at(key).runs) launch(state.cfg, r, script_arguments(r->task, path));
    state.fetches.erase(key);
  } catch (const std::exception& e) { // a full disk may have room later
    source_failed(self, key, make_error(errc::unavailable, e.what()));
  }
}

void ask_for_source(self_ptr self, script_key key) {
  auto connection = self->state.fetches.at(key).runs.front()->connection;
  self->request(self->state.cfg.node, 6s, script_atom_v, key.first, key.second, connection)
      .then([self, key](const script_source& source) { source_came(self, key, source); },
            [self, key](const caf::error& why) { source_failed(self, key, why); });
}

void begin(self_ptr self, const run_ptr& r) {
  auto& state = self->state;
  auto& o = r->task;
  if (auto* h = std::get_if<handler_work>(&o.work)) {
    auto* entry = state.cfg.handlers->find(h->name);
    return launch(state.cfg, r, std::get<command_builder>(*entry)(o.params));
  }
  auto key = script_key{o.job, o.version};
  if (auto path = state.files->find(o.job, o.version, std::get<script_work>(o.work).language))
    return launch(state.cfg, r, script_arguments(o, *path));
  auto& f = state.fetches[key];
  f.runs.push_back(r);
  if (f.runs.size() == 1) ask_for_source(self, key);
}

script_host_actor::behavior_type script_host(self_ptr self, script_host_config cfg,
                                             std::shared_ptr<script_files> files) {
  self->state.cfg = std::move(cfg);
  self->state.files = std::move(files);
  return {
      [self](const processes_to_start& what) {
        for (auto& r : what.runs) begin(self, r);
      },
      [self](source_retry_tick tick) {
        if (self->state.fetches.contains({tick.job, tick.version})) ask_for_source(self, {tick.job, tick.version});
      },
  };
}

} // namespace

std::vector<std::string> script_arguments(const order& o, const std::filesystem::path& file) {
  auto python = std::get<script_work>(o.work).language == script_language::python;
  auto sharded = o.shard >= 0;
  return {python ? "python3" : "bash", file.string(), o.params, std::to_string(sharded ? o.shard : 0),
          std::to_string(sharded ? o.shards : 1)};
}

std::vector<std::string> script_environment(const order& o) {
  auto sharded = o.shard >= 0;
  return {"XXL_TRIGGER_ID=" + to_string(o.trigger),
          "XXL_JOB=" + o.job_name,
          "XXL_SHARD_INDEX=" + std::to_string(sharded ? o.shard : 0),
          "XXL_SHARD_TOTAL=" + std::to_string(sharded ? o.shards : 1),
          "XXL_ATTEMPT=" + std::to_string(o.attempt),
          "XXL_FIRE_TIME=" + std::to_string(to_ms(o.fire))};
}

script_host_actor spawn_script_host(caf::actor_system& sys, script_host_config cfg, placement where) {
  auto files = std::make_shared<script_files>(cfg.directory); // here, so that a bad directory is told to the caller
  return where == placement::own_thread ? sys.spawn<caf::detached>(script_host, std::move(cfg), std::move(files))
                                        : sys.spawn(script_host, std::move(cfg), std::move(files));
}

} // namespace xxl::executor
