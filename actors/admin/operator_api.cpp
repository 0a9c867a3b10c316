#include "actors/admin/operator_api.hpp"

#include "actors/admin/catalog_error.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"
#include "protocol/validate.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace xxl::admin {
namespace {

struct api_state {
  static constexpr const char* name = "operator_api";
  explicit api_state(operator_api_config c = {}) : cfg{std::move(c)} {}

  operator_api_config cfg;
  std::size_t under_way = 0;

  void count(const char* what) {
    if (cfg.metrics) cfg.metrics->at(what).fetch_add(1, std::memory_order_relaxed);
  }
  void show() {
    if (cfg.metrics)
      cfg.metrics->at("operator.under_way").store(static_cast<std::int64_t>(under_way), std::memory_order_relaxed);
  }
};

using self_ptr = operator_actor::stateful_pointer<api_state>;

/// One request under way: answers exactly once.
template <class R> class answer {
public:
  explicit answer(self_ptr self) : self_{self}, promise_{self->template make_response_promise<R>()} {
    ++self_->state.under_way;
    self_->state.show();
  }
  void give(R x) {
    done();
    promise_.deliver(std::move(x));
  }
  void fail(caf::error e) {
    done();
    promise_.deliver(std::move(e));
  }
  caf::typed_response_promise<R> promise() const { return promise_; }

private:
  void done() {
    --self_->state.under_way;
    self_->state.show();
  }
  self_ptr self_;
  caf::typed_response_promise<R> promise_;
};

template <class R> using answer_ptr = std::shared_ptr<answer<R>>;

using problem = std::optional<std::string>;

/// Why a request is not begun: it is wrong, or there are too many.
std::optional<caf::error> refused(self_ptr self, const problem& wrong) {
  auto& st = self->state;
  st.count("operator.requests");
  if (!wrong && st.under_way < st.cfg.limit) return std::nullopt;
  st.count("operator.refused");
  if (wrong) return make_error(errc::invalid_argument, *wrong);
  return make_error(errc::limit_reached,
                    std::to_string(st.under_way) + " requests of operators are under way; repeat later");
}

/// Asks and goes on with `then`; an error ends the request.
template <class A, class R, class Handle, class F, class... Ts>
void ask(self_ptr self, const answer_ptr<R>& out, const Handle& whom, F then, Ts&&... request) {
  auto patience = self->state.cfg.patience;
  self->request(whom, patience, std::forward<Ts>(request)...)
      .then([then](A& a) mutable { then(a); },
            [out, patience](caf::error& e) { out->fail(explain(e, "the database", patience)); });
}

/// Checked, then answered by `whom` as it is.
template <class R, class Handle, class... Ts>
caf::result<R> pass_on(self_ptr self, const problem& wrong, const Handle& whom, Ts&&... request) {
  if (auto no = refused(self, wrong)) return std::move(*no);
  auto out = std::make_shared<answer<R>>(self);
  ask<R>(
      self, out, whom, [out](R& x) { out->give(std::move(x)); }, std::forward<Ts>(request)...);
  return out->promise();
}

// ---- executors: what the database knows, and who is connected here

caf::result<std::vector<executor_view>> executors(self_ptr self) {
  if (auto no = refused(self, {})) return std::move(*no);
  auto out = std::make_shared<answer<std::vector<executor_view>>>(self);
  auto mark = [self, out](std::vector<executor_view>& views) {
    auto all = std::make_shared<std::vector<executor_view>>(std::move(views));
    ask<std::vector<session_id>>(
        self, out, self->state.cfg.executors,
        [out, all](std::vector<session_id>& here) {
          std::set<session_id> connected{here.begin(), here.end()};
          for (auto& view : *all) view.connected = connected.contains(view.session);
          out->give(std::move(*all));
        },
        executors_atom_v);
  };
  ask<std::vector<executor_view>>(self, out, self->state.cfg.catalog, mark, executors_atom_v);
  return out->promise();
}

// ---- logs: the ledger tells whose log it is, its executor has the lines

using log_answer = answer_ptr<log_chunk>;

struct log_lookup {
  log_query query;
  trigger_view trigger;
};

void give_chunk(const log_answer& out, const log_lookup& what, log_chunk& chunk) {
  if (auto wrong = invalid(chunk))
    return out->fail(make_error(errc::internal, "executor " + what.trigger.executor + ": " + *wrong));
  // The end of a run whose executor died never reaches its log: the ledger knows.
  if (chunk.lines.empty() && is_final(what.trigger.state)) chunk.complete = true;
  out->give(std::move(chunk));
}

template <class F>
void ask_executor(self_ptr self, const log_answer& out, const log_lookup& what, session_id session, F otherwise) {
  auto patience = self->state.cfg.log_patience;
  self->request(self->state.cfg.executors, patience, log_atom_v, session, what.query)
      .then([out, what](log_chunk& chunk) { give_chunk(out, what, chunk); },
            [out, what, patience, otherwise](caf::error& e) {
              auto why = explain(e, "executor " + what.trigger.executor, patience);
              if (code_of(why) == errc::unavailable)
                otherwise(std::move(why));
              else
                out->fail(std::move(why));
            });
}

/// The process that ran it is gone; the next life of that executor has its logs.
void ask_successor(self_ptr self, const log_answer& out, const log_lookup& what, const caf::error& why) {
  ask<std::vector<executor_view>>(
      self, out, self->state.cfg.catalog,
      [self, out, what, why](std::vector<executor_view>& all) {
        auto heir = std::find_if(all.begin(), all.end(), [&](const executor_view& x) {
          return x.group == what.trigger.group && x.name == what.trigger.executor && x.state != "ended" &&
                 x.session != what.trigger.session;
        });
        if (heir == all.end()) return out->fail(why);
        ask_executor(self, out, what, heir->session, [out](caf::error e) { out->fail(std::move(e)); });
      },
      executors_atom_v);
}

caf::result<log_chunk> log(self_ptr self, const log_query& q) {
  if (auto no = refused(self, invalid(q))) return std::move(*no);
  auto out = std::make_shared<answer<log_chunk>>(self);
  trigger_query wanted;
  wanted.id = q.trigger;
  wanted.limit = 1;
  ask<std::vector<trigger_view>>(
      self, out, self->state.cfg.catalog,
      [self, out, q](std::vector<trigger_view>& found) {
        if (found.empty()) return out->fail(make_error(errc::not_found, "there is no trigger " + to_string(q.trigger)));
        log_lookup what{q, std::move(found.front())};
        what.query.fire = what.trigger.fire;
        if (!what.trigger.session) { // waiting, or ended without ever being on an executor
          log_chunk nothing;
          nothing.from_line = q.from_line;
          nothing.complete = is_final(what.trigger.state);
          nothing.found = false;
          return out->give(std::move(nothing));
        }
        ask_executor(self, out, what, what.trigger.session,
                     [self, out, what](caf::error why) { ask_successor(self, out, what, why); });
      },
      triggers_atom_v, std::move(wanted));
  return out->promise();
}

/// A page of an audit's list.
template <class Row, class List> caf::result<std::vector<Row>> audit(self_ptr self, List list, const audit_query& q) {
  return pass_on<std::vector<Row>>(self, invalid(q), self->state.cfg.catalog, audit_atom_v, list, q);
}

problem invalid_count(std::uint32_t n) {
  if (n >= 1 && n <= limits::page_items) return std::nullopt;
  return "1 to " + std::to_string(limits::page_items) + " fires can be asked for";
}

operator_actor::behavior_type api(self_ptr self, operator_api_config cfg) {
  self->state = api_state{std::move(cfg)};
  self->set_exit_handler([self](caf::exit_msg& em) {
    self->state.cfg = {};
    self->quit(std::move(em.reason));
  });
  return {
      [self](apply_atom, apply_request& r) {
        auto wrong = invalid(r);
        return pass_on<std::vector<apply_change>>(self, wrong, self->state.cfg.jobs, apply_atom_v, std::move(r));
      },
      [self](groups_atom) {
        return pass_on<std::vector<group_view>>(self, {}, self->state.cfg.catalog, groups_atom_v);
      },
      [self](jobs_atom, const job_query& q) {
        return pass_on<std::vector<job_view>>(self, invalid(q), self->state.cfg.catalog, jobs_atom_v, q);
      },
      [self](executors_atom) { return executors(self); },
      [self](triggers_atom, const trigger_query& q) {
        return pass_on<std::vector<trigger_view>>(self, invalid(q), self->state.cfg.catalog, triggers_atom_v, q);
      },
      [self](describe_atom, const job_ref& ref) {
        return pass_on<job_detail>(self, invalid(ref), self->state.cfg.jobs, describe_atom_v, ref);
      },
      [self](trigger_atom, const trigger_request& r) {
        return pass_on<trigger_receipt>(self, invalid(r), self->state.cfg.jobs, trigger_atom_v, r);
      },
      [self](pause_atom, const pause_request& r) {
        return pass_on<pause_answer>(self, invalid(r), self->state.cfg.jobs, pause_atom_v, r);
      },
      [self](kill_atom, const kill_request& r) {
        return pass_on<kill_answer>(self, invalid(r), self->state.cfg.catalog, kill_atom_v, r);
      },
      [self](cluster_atom) { return pass_on<cluster_view>(self, {}, self->state.cfg.catalog, cluster_atom_v); },
      [self](log_atom, const log_query& q) { return log(self, q); },
      [self](next_atom, const job_ref& ref, std::uint32_t most) {
        auto wrong = invalid(ref);
        if (!wrong) wrong = invalid_count(most);
        return pass_on<std::vector<instant>>(self, wrong, self->state.cfg.jobs, next_atom_v, ref, most);
      },
      [self](stats_atom) -> caf::result<node_stats> {
        if (auto no = refused(self, {})) return std::move(*no);
        return self->state.cfg.stats();
      },
      [self](audit_atom, jobs_atom list, const audit_query& q) { return audit<audit_job>(self, list, q); },
      [self](audit_atom, versions_atom list, const audit_query& q) { return audit<audit_version>(self, list, q); },
      [self](audit_atom, gaps_atom list, const audit_query& q) { return audit<audit_gap>(self, list, q); },
      [self](audit_atom, triggers_atom list, const audit_query& q) { return audit<audit_trigger>(self, list, q); },
  };
}

} // namespace

operator_actor spawn_operator_api(caf::actor_system& sys, operator_api_config cfg) {
  return sys.spawn(api, std::move(cfg));
}

} // namespace xxl::admin
