#include "actors/admin/catalog.hpp"

#include "actors/admin/catalog_apply.hpp"
#include "actors/admin/catalog_audit.hpp"
#include "actors/admin/catalog_text.hpp"
#include "actors/admin/edit_plan.hpp"
#include "actors/admin/read_job.hpp"
#include "actors/admin/zone_update.hpp"
#include "config/spec_json.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"
#include "protocol/wire_size.hpp"
#include "storage/error.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace xxl::admin {
namespace {

constexpr std::size_t id_block = 1'000;      // storage::catalog::take_ids
constexpr std::uint32_t described_fires = 5; // job_detail
constexpr std::uint32_t described_triggers = 10;
constexpr std::size_t described_gaps = 5;

/// A request that ends with an error for its sender; thrown inside a handler, answered at its edge.
struct request_error : std::runtime_error {
  request_error(errc c, const std::string& text) : std::runtime_error{text}, code{c} {}
  errc code;
};

std::string full_name(const std::string& group, const std::string& name) { return group + "/" + name; }

std::string where(const storage::job_row& row) {
  return "job " + full_name(row.group_name, row.name) + " version " + std::to_string(row.version) + ": ";
}

request_error unusable(const storage::job_row& row, const std::string& why) {
  return {errc::internal, where(row) + why + "; apply the job anew"};
}

/// For what needs the specification itself.
read_job usable(const storage::job_row& row) {
  auto job = read(row);
  if (!job.view.problem.empty()) throw unusable(row, job.view.problem);
  return job;
}

group_view view_of(storage::group_row row) {
  return {std::move(row.spec), row.paused, row.executors, row.jobs, row.id};
}

/// What is stored as next and, where the schedule tells, what follows it. Empty while nothing is planned (paused,
/// disabled, over) or the schedule is not known.
std::vector<instant> next_fires(const read_job& job, std::uint32_t most) {
  std::vector<instant> fires;
  if (!job.times) return fires;
  if (job.runs_left) most = static_cast<std::uint32_t>(std::min<std::int64_t>(most, *job.runs_left));
  for (auto t = job.view.next; t && fires.size() < most; t = job.times->next(*t)) fires.push_back(*t);
  return fires;
}

/// As much of a page as may travel in one message. What is left out is on the next page; the first row always goes,
/// whatever its size (a script's source).
template <class View> void cut_to_message(std::vector<View>& page) {
  std::size_t bytes = 0;
  auto first_too_many = std::find_if(
      page.begin(), page.end(), [&](const View& view) { return (bytes += wire_size(view)) > limits::batch_bytes; });
  if (first_too_many == page.begin() && !page.empty()) ++first_too_many;
  page.erase(first_too_many, page.end());
}

struct catalog_state {
  static constexpr const char* name = "catalog";
  explicit catalog_state(catalog_config c = {}) : cfg{std::move(c)} {}

  catalog_config cfg;
  bool connected = false;
  trigger_id next_id, end_id; ///< what is left of the block of trigger ids
  zone_update zones;

  trigger_id take_id(storage::catalog& db) {
    if (next_id == end_id) {
      next_id = db.take_ids();
      end_id.value = next_id.value + static_cast<std::int64_t>(id_block);
    }
    return trigger_id{next_id.value++};
  }

  void count(const char* what) {
    if (cfg.metrics) cfg.metrics->at(what).fetch_add(1, std::memory_order_relaxed);
  }

  /// Answers with what `step` returns. Nothing leaves by an exception; `step` may run again.
  template <class F> auto serve(F step) -> caf::result<std::invoke_result_t<F, storage::catalog&>> {
    count("catalog.requests");
    try {
      return repeat_where_safe(step);
    } catch (const request_error& e) {
      return caf::error{make_error(e.code, e.what())};
    } catch (const std::exception& e) {
      count("catalog.errors");
      spdlog::error("catalog: {}", e.what());
      return caf::error{make_error(errc::internal, std::string{"catalog: "} + e.what())};
    }
  }

  template <class F> auto repeat_where_safe(F& step) -> caf::result<std::invoke_result_t<F, storage::catalog&>> {
    using storage::error_kind;
    bool uncertain = false;
    for (int tries_left = 2;; --tries_left) {
      bool fresh = !connected;
      try {
        if (fresh) cfg.database->connect();
        connected = true;
        return step(*cfg.database);
      } catch (const storage::error& e) {
        if (e.kind == error_kind::unavailable || e.kind == error_kind::unknown_outcome) connected = false;
        uncertain |= e.kind == error_kind::unknown_outcome;
        bool useful = e.kind == error_kind::unknown_outcome || e.kind == error_kind::retry ||
                      (e.kind == error_kind::unavailable && !fresh);
        if (useful && tries_left > 0) continue;
        count("catalog.errors");
        return failed(e, uncertain);
      }
    }
  }

  static caf::error failed(const storage::error& e, bool uncertain) {
    using storage::error_kind;
    std::string text = e.what();
    if (uncertain)
      return make_error(errc::deadline_exceeded,
                        "the database did not confirm the change, which may have happened: " + text);
    if (e.kind == error_kind::refused) return make_error(errc::conflict, "the database refused the change: " + text);
    if (e.kind == error_kind::fatal) return make_error(errc::internal, "database: " + text);
    return make_error(errc::unavailable, "database: " + text);
  }

  /// What an edit writes is computed from now: not by a clock that was set, or that is far from the database's.
  void require_clock() const {
    if (!cfg.wall) return;
    if (cfg.wall->stepped())
      throw request_error{errc::unavailable, "the clock of this admin was set: it is being measured; try again"};
    if (cfg.wall->astray())
      throw request_error{errc::unavailable, "the clock of this admin is " +
                                                 std::to_string(cfg.wall->offset()->count()) +
                                                 " ms off the database's: set it, or ask another admin"};
  }

  /// The job of that name; deleted ones do not exist for people.
  storage::job_row find(storage::catalog& db, const job_ref& ref) {
    auto row = db.find_job(ref.group, ref.name);
    if (row && !row->deleted) return std::move(*row);
    throw request_error{errc::not_found, nothing_of_that_name(db, ref)};
  }

  /// A list that is empty because what it was narrowed to does not exist; empty parts of `ref` mean all.
  void check_filter(storage::catalog& db, const job_ref& ref) {
    if (ref.group.empty() && ref.name.empty()) return;
    if (!ref.group.empty() && !ref.name.empty())
      find(db, ref);
    else if (!ref.name.empty() || !group_exists(db, ref.group))
      throw request_error{errc::not_found, nothing_of_that_name(db, ref)};
  }

  static bool group_exists(storage::catalog& db, const std::string& name) {
    auto all = db.groups();
    return std::any_of(all.begin(), all.end(), [&](auto& g) { return g.spec.name == name; });
  }

  /// `ref.group` may be empty: a job of that name in no group.
  static std::string nothing_of_that_name(storage::catalog& db, const job_ref& ref) {
    std::vector<std::string> names;
    for (auto& g : db.groups()) names.push_back(std::move(g.spec.name));
    if (!ref.group.empty() && std::find(names.begin(), names.end(), ref.group) == names.end())
      return "there is no group \"" + ref.group + "\"" + suggestion(ref.group, names);
    names.clear();
    job_query q;
    q.group = ref.group;
    q.limit = limits::page_items;
    for (auto& j : db.list_jobs(q)) names.push_back(std::move(j.name));
    auto wanted = ref.group.empty() ? ref.name : full_name(ref.group, ref.name);
    return "there is no job \"" + wanted + "\"" + suggestion(ref.name, names);
  }
};

/// With the beat by which it looks at the zone data.
using ticking_catalog_actor = catalog_actor::extend<caf::reacts_to<caf::tick_atom>>;
using self_ptr = ticking_catalog_actor::stateful_pointer<catalog_state>;

constexpr std::chrono::minutes look_at_zones{1};
constexpr std::chrono::milliseconds between_pages{100}; ///< others are served meanwhile

/// A page of an audit's list.
template <class Row>
caf::result<std::vector<Row>> audit_page(self_ptr self, std::vector<Row> (storage::catalog::*list)(const audit_query&),
                                         const audit_query& q) {
  return self->state.serve([&](storage::catalog& db) {
    auto rows = (db.*list)(q);
    cut_to_message(rows);
    return rows;
  });
}

caf::result<std::vector<audit_version>> audit_versions(self_ptr self, const audit_query& q) {
  return self->state.serve([&](storage::catalog& db) {
    std::vector<audit_version> views;
    for (auto& row : db.audit_versions(q)) views.push_back(audit_view(std::move(row)));
    cut_to_message(views);
    return views;
  });
}

void tell_jobs(self_ptr self, std::vector<job_id> jobs) {
  if (self->state.cfg.listener && !jobs.empty()) self->send(self->state.cfg.listener, jobs_changed{std::move(jobs)});
}

/// Newer zone data is planned by at once; at a node's start too, as it may have come while no admin was there.
void look_at_zone_data(self_ptr self) {
  auto& st = self->state;
  if (st.cfg.zones_changed()) {
    spdlog::info("the zone data is {} now: next fires are planned by it", schedule::tzdb_version());
    st.zones.begin();
  }
  if (st.zones.under_way()) {
    std::vector<job_id> moved;
    st.serve([&](storage::catalog& db) { // what fails is tried again with the next beat
      st.require_clock();
      moved = st.zones.page(db, st.cfg.time->now());
      return true;
    });
    tell_jobs(self, std::move(moved));
  }
  self->delayed_send(self, st.zones.under_way() ? caf::timespan{between_pages} : caf::timespan{look_at_zones},
                     caf::tick_atom_v);
}

caf::result<std::vector<apply_change>> apply(self_ptr self, apply_request& request) {
  bulk_apply work{std::move(request), self->state.cfg.time->now()};
  auto answer = self->state.serve([&](storage::catalog& db) {
    self->state.require_clock();
    work.run(db);
    return work.take_changes();
  });
  // Told in any case: where the request failed half-way, its first half is committed.
  if (work.groups_changed() && self->state.cfg.listener) self->send(self->state.cfg.listener, groups_changed{});
  tell_jobs(self, work.jobs());
  return answer;
}

caf::result<pause_answer> pause(self_ptr self, const pause_request& request) {
  auto& st = self->state;
  std::optional<job_id> committed;
  std::optional<bool> changes; // decided by the first look: a repetition finds its own work
  auto now = st.cfg.time->now();
  auto answer = st.serve([&](storage::catalog& db) {
    st.require_clock();
    auto row = st.find(db, request.job);
    if (!changes) changes = row.paused != request.pause;
    std::string unreadable;
    auto decide = [&](const storage::locked_job& job) -> std::optional<storage::job_edit> {
      if (job.job.paused == request.pause) return std::nullopt;
      auto before = arm_spec(job.job.spec);
      if (auto* why = std::get_if<std::string>(&before)) {
        unreadable = *why;
        return std::nullopt;
      }
      auto& in_force = std::get<armed_spec>(before);
      return request.pause ? pause_job(job, in_force, now) : resume_job(job, in_force, now);
    };
    auto after =
        db.edit_job(row.id, decide, {request.who, request.pause ? "pause" : "resume", now, schedule::tzdb_version()});
    if (!unreadable.empty()) throw unusable(row, unreadable);
    if (!after)
      throw request_error{errc::not_found, "job " + full_name(row.group_name, row.name) + " was removed meanwhile"};
    committed = row.id;
    return pause_answer{*changes, after->next};
  });
  if (committed && changes == true) tell_jobs(self, {*committed});
  return answer;
}

caf::result<trigger_receipt> trigger(self_ptr self, const trigger_request& request) {
  auto& st = self->state;
  std::optional<storage::manual_row> row;
  std::optional<job_id> committed;
  auto answer = st.serve([&](storage::catalog& db) {
    st.require_clock();
    if (!row) {
      auto job = st.find(db, request.job);
      usable(job);
      row = storage::manual_row{request.request,    job.id,         job.version, st.take_id(db),
                                st.cfg.time->now(), request.params, request.who};
    }
    auto receipt = db.insert_manual(*row);
    receipt.repeated = receipt.trigger != row->trigger; // a step run again after an unknown outcome finds its own row
    committed = row->job;
    return receipt;
  });
  if (committed) tell_jobs(self, {*committed});
  return answer;
}

/// What a kill did so far.
struct kill_count {
  kill_answer answer;
  kills_marked marked;

  void add(const storage::kill_marks& marks) {
    answer.waiting += marks.waiting.size();
    answer.sent += marks.sent.size();
    for (auto& row : marks.waiting) marked.waiting.push_back({row.trigger, row.fire});
  }
};
/// A kill is repeated while something was not to be seen: retries, shards of a claim under way.
constexpr int most_kill_rounds = 10'000;

void kill_job(storage::catalog& db, job_id job, const storage::edit_note& note, kill_count& count) {
  for (int round = 0; round < most_kill_rounds; ++round) {
    auto ids = db.open_unmarked(job, limits::batch_items);
    if (ids.empty()) return;
    count.add(db.kill(ids, note, "job " + to_string(job)));
  }
}

/// `found`: what is killed, as it was before.
void kill_trigger(storage::catalog& db, const trigger_view& found, const storage::edit_note& note, kill_count& count) {
  for (int round = 0; round < most_kill_rounds; ++round) {
    auto marks = db.kill({&found.id, 1}, note, "trigger " + to_string(found.id));
    count.add(marks);
    if (!marks.left) break;
  }
  if (count.answer.waiting + count.answer.sent > 0) return;
  trigger_query wanted;
  wanted.id = found.id;
  wanted.limit = 1;
  auto now = db.list_triggers(wanted);
  if (!now.empty() && is_final(now.front().state))
    count.answer.final = now.front().state;
  else
    count.answer.before = 1;
}

caf::result<kill_answer> kill(self_ptr self, const kill_request& request) {
  auto& st = self->state;
  kill_count count;
  std::optional<job_id> job;
  storage::edit_note note{request.who, "kill", st.cfg.time->now(), schedule::tzdb_version()};
  auto answer = st.serve([&](storage::catalog& db) {
    if (request.trigger) {
      trigger_query wanted;
      wanted.id = request.trigger;
      wanted.limit = 1;
      auto found = db.list_triggers(wanted);
      if (found.empty()) throw request_error{errc::not_found, "there is no trigger " + to_string(*request.trigger)};
      job = found.front().job;
      if (is_final(found.front().state))
        count.answer.final = found.front().state;
      else
        kill_trigger(db, found.front(), note, count);
    } else {
      job = st.find(db, request.job).id;
      kill_job(db, *job, note, count);
    }
    return count.answer;
  });
  // Told in any case: where the request failed half-way, what it marked is marked.
  if (st.cfg.listener && !count.marked.waiting.empty()) self->send(st.cfg.listener, std::move(count.marked));
  if (job) tell_jobs(self, {*job});
  return answer;
}

job_detail describe(catalog_state& st, storage::catalog& db, const job_ref& ref) {
  auto row = st.find(db, ref);
  auto job = read(row);
  job_detail detail;
  detail.next_fires = next_fires(job, described_fires);
  detail.job = std::move(job.view);
  for (auto& g : db.groups())
    if (g.spec.name == row.group_name) detail.group_paused = g.paused;
  trigger_query q;
  q.group = row.group_name;
  q.job = row.name;
  q.limit = described_triggers;
  detail.triggers = db.list_triggers(q);
  detail.gaps = db.list_gaps(row.id, described_gaps);
  return detail;
}

script_source script_of(storage::catalog& db, job_id job, spec_version version) {
  auto where = "job " + to_string(job) + " version " + std::to_string(version);
  storage::spec_key key{job, version};
  auto stored = db.specs({&key, 1});
  if (stored.empty()) throw request_error{errc::not_found, where + " is not known"};
  auto spec = config::from_json(stored[0].spec);
  if (auto* why = std::get_if<std::string>(&spec)) throw request_error{errc::internal, where + ": " + *why};
  auto* script = std::get_if<script_work>(&std::get<job_spec>(spec).work);
  if (!script) throw request_error{errc::not_found, where + " has no script"};
  return {job, version, script->language, std::move(script->source)};
}

ticking_catalog_actor::behavior_type catalog(self_ptr self, catalog_config cfg) {
  self->state = catalog_state{std::move(cfg)};
  self->state.zones.begin();
  self->delayed_send(self, look_at_zones, caf::tick_atom_v);
  self->set_exit_handler([self](caf::exit_msg& em) {
    self->state.cfg.listener = nullptr;
    self->quit(std::move(em.reason));
  });
  return {
      [self](groups_atom) {
        return self->state.serve([](storage::catalog& db) {
          std::vector<group_view> views;
          for (auto& row : db.groups()) views.push_back(view_of(std::move(row)));
          return views;
        });
      },
      [self](apply_atom, apply_request& request) { return apply(self, request); },
      [self](jobs_atom, const job_query& q) {
        return self->state.serve([&](storage::catalog& db) {
          std::vector<job_view> views;
          for (auto& row : db.list_jobs(q)) views.push_back(read(row).view);
          if (views.empty() && !q.after) self->state.check_filter(db, {q.group, q.name});
          cut_to_message(views);
          return views;
        });
      },
      [self](executors_atom) { return self->state.serve([](storage::catalog& db) { return db.list_executors(); }); },
      [self](triggers_atom, const trigger_query& q) {
        return self->state.serve([&](storage::catalog& db) {
          auto views = db.list_triggers(q);
          if (views.empty() && !q.before) self->state.check_filter(db, {q.group, q.job});
          cut_to_message(views);
          return views;
        });
      },
      [self](describe_atom, const job_ref& ref) {
        return self->state.serve([&](storage::catalog& db) { return describe(self->state, db, ref); });
      },
      [self](trigger_atom, const trigger_request& request) { return trigger(self, request); },
      [self](pause_atom, const pause_request& request) { return pause(self, request); },
      [self](kill_atom, const kill_request& request) { return kill(self, request); },
      [self](cluster_atom) { return self->state.serve([](storage::catalog& db) { return db.cluster(); }); },
      [self](next_atom, const job_ref& ref, std::uint32_t most) {
        return self->state.serve(
            [&](storage::catalog& db) { return next_fires(usable(self->state.find(db, ref)), most); });
      },
      [self](script_atom, job_id job, spec_version version) {
        return self->state.serve([&](storage::catalog& db) { return script_of(db, job, version); });
      },
      [self](audit_atom, jobs_atom, const audit_query& q) {
        return audit_page(self, &storage::catalog::audit_jobs, q);
      },
      [self](audit_atom, versions_atom, const audit_query& q) { return audit_versions(self, q); },
      [self](audit_atom, gaps_atom, const audit_query& q) {
        return audit_page(self, &storage::catalog::audit_gaps, q);
      },
      [self](audit_atom, triggers_atom, const audit_query& q) {
        return audit_page(self, &storage::catalog::audit_triggers, q);
      },
      [self](caf::tick_atom) { look_at_zone_data(self); },
  };
}

} // namespace

catalog_actor spawn_catalog(caf::actor_system& sys, catalog_config cfg) {
  if (cfg.detached) return sys.spawn<caf::detached>(catalog, std::move(cfg));
  return sys.spawn(catalog, std::move(cfg));
}

} // namespace xxl::admin
