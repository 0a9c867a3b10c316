// A whole executor with real threads, files and children, against an admin made by hand in the same process.

#include "actors/executor/executor.hpp"
#include "tests/actors_executor/fakes.hpp"

#include <caf/scoped_actor.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>
#include <unistd.h>

namespace xxl::executor {
namespace {

using namespace std::chrono_literals;
using test::make_order;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;

/// Leads with epoch 1, remembers results; the test waits for them with a deadline.
class desk {
public:
  void connected(executor_actor who, session_id session) {
    std::lock_guard guard{mutex_};
    executor = std::move(who);
    sessions.push_back(session);
  }
  void ready() {
    std::lock_guard guard{mutex_};
    led_ = true;
    changed_.notify_all();
  }
  void add(const callback_batch& batch) {
    std::lock_guard guard{mutex_};
    for (auto& x : batch.outcomes) outcomes_.insert_or_assign(x.trigger.value, x);
    changed_.notify_all();
  }
  bool wait_until_ready() {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, 20s, [this] { return led_; });
  }
  std::optional<outcome> result_of(std::int64_t trigger) {
    std::unique_lock lock{mutex_};
    if (!changed_.wait_for(lock, 20s, [&] { return outcomes_.contains(trigger); })) return std::nullopt;
    return outcomes_.at(trigger);
  }
  executor_actor executor;
  std::vector<session_id> sessions;
  std::optional<script_source> source;
  int sources_asked = 0;

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool led_ = false;
  std::map<std::int64_t, outcome> outcomes_;
};
using desk_ptr = std::shared_ptr<desk>;

executor_link_actor::behavior_type desk_link(executor_link_actor::stateful_pointer<test::fake_state> self, desk_ptr d,
                                             executor_actor executor) {
  return {
      [=](register_atom, const executor_hello& hello) {
        d->connected(executor, hello.session);
        self->send(executor, lead_atom_v, epoch_id{1});
        return executor_welcome{"desk", 500ms, 10'000ms};
      },
      [=](beat_atom, session_id, std::uint64_t sequence) {
        return beat_answer{sequence, true, {1}};
      },
      [](credit_atom, std::uint32_t) {},
      [=](holds_atom, const inventory_piece&) { d->ready(); },
      [=](callback_atom, const callback_batch& batch) {
        d->add(batch);
        self->send(executor, ack_atom_v, batch.number);
      },
      [](return_atom, const return_batch&) {},
      [](progress_atom, const progress_batch&) {},
      [=](life_atom, const life_report& report) {
        if (report.last) self->send(executor, settled_atom_v, report.life);
      },
      [=](script_atom, job_id, spec_version) -> caf::result<script_source> {
        ++d->sources_asked;
        if (!d->source) return make_error(errc::not_found, "no such script");
        return *d->source;
      },
      [](bye_atom, session_id) {},
  };
}

gate_actor::behavior_type desk_gate(gate_actor::stateful_pointer<test::fake_state> self, desk_ptr d) {
  return {[=](hello_atom, std::uint32_t, std::uint32_t newest, const std::string&, const std::string&,
              const caf::strong_actor_ptr& who) -> caf::result<std::uint32_t, caf::strong_actor_ptr> {
    auto link = self->spawn<caf::linked>(desk_link, d, caf::actor_cast<executor_actor>(who));
    return {newest, caf::actor_cast<caf::strong_actor_ptr>(link)};
  }};
}

class ExecutorTest : public ::testing::Test {
protected:
  ExecutorTest() { gate = sys.spawn(desk_gate, d); }
  ~ExecutorTest() override {
    stop();
    d->executor = nullptr;
    caf::anon_send_exit(gate, caf::exit_reason::user_shutdown);
  }
  executor_settings settings() {
    executor_settings s;
    s.group = "tests";
    s.name = "node-1";
    s.data = dir.path();
    s.local_gate = gate;
    return s;
  }
  void start(handler_registry handlers = {}) {
    running.emplace(start_executor(sys, settings(), std::move(handlers), system_clock(), counters));
    ASSERT_TRUE(d->wait_until_ready());
  }
  void stop() {
    if (!running) return;
    running->stop();
    running.reset();
  }
  void send(order o) { caf::anon_send(d->executor, run_atom_v, order_batch{{1}, d->sessions.back(), {std::move(o)}}); }
  log_chunk log_of(std::int64_t trigger) {
    caf::scoped_actor self{sys};
    log_chunk chunk;
    self->request(d->executor, 10s, log_atom_v, log_query{{trigger}, test::a_fire, 1, 1'000})
        .receive([&](log_chunk& c) { chunk = std::move(c); }, [](const caf::error& e) { ADD_FAILURE() << text_of(e); });
    return chunk;
  }
  static order script(std::int64_t trigger, script_language language = script_language::shell) {
    auto o = make_order(trigger, 1, script_work{language, ""});
    o.params = "some params";
    o.shard = 1;
    o.shards = 3;
    return o;
  }

  transport::settings caf_settings;
  transport::config cfg{caf_settings};
  caf::actor_system sys{cfg};
  test::temporary_directory dir;
  desk_ptr d = std::make_shared<desk>();
  metrics_ptr counters = std::make_shared<metrics>();
  gate_actor gate;
  std::optional<executor_handle> running;
};

TEST_F(ExecutorTest, AHandlersContextHoldsWhatTheOrderSays) {
  handler_registry handlers;
  handlers.add("tell", handler{[](job_context& run) {
                 run.log("params {} shard {}/{}", run.params(), run.shard_index(), run.shard_total());
                 return result::success(run.job() + " " + std::to_string(run.trigger_id()) + " " +
                                        std::to_string(run.attempt()) + " " + run.origin() + " " +
                                        std::to_string(run.session_id()));
               }});
  start(std::move(handlers));
  auto o = make_order(1, 1, handler_work{"tell"});
  o.params = "--limit 5";
  o.attempt = 2;
  o.origin = "m1";
  send(o);
  auto x = d->result_of(1);
  ASSERT_TRUE(x);
  EXPECT_EQ(x->state, trigger_state::succeeded);
  EXPECT_EQ(x->message, "tests/job-1 1 2 m1 " + to_string(d->sessions.back()));
  EXPECT_GE(x->ended, x->started);
  auto chunk = log_of(1);
  EXPECT_TRUE(chunk.complete);
  ASSERT_THAT(chunk.lines, SizeIs(3));
  EXPECT_THAT(chunk.lines[0], EndsWith("[xxl] start tests/job-1 (tell), trigger 1, attempt 2, params: --limit 5"));
  EXPECT_THAT(chunk.lines[1], EndsWith("Z params --limit 5 shard 0/1"));
  EXPECT_THAT(chunk.lines[2], HasSubstr("[xxl] end succeeded after "));
}

TEST_F(ExecutorTest, AHandlerThatFailsOrThrowsFailsTheRunWithItsText) {
  handler_registry handlers;
  handlers.add("fail", handler{[](job_context&) { return result::fail("no stock"); }});
  handlers.add("throw", handler{[](job_context&) -> result { throw std::runtime_error{"broken pipe"}; }});
  handlers.add("odd", handler{[](job_context&) -> result { throw 7; }});
  start(std::move(handlers));
  send(make_order(1, 1, handler_work{"fail"}));
  send(make_order(2, 2, handler_work{"throw"}));
  send(make_order(3, 3, handler_work{"odd"}));
  for (auto [id, text] : {std::pair{1, "no stock"}, std::pair{2, "exception: broken pipe"},
                          std::pair{3, "exception that is not a std::exception"}}) {
    auto x = d->result_of(id);
    ASSERT_TRUE(x);
    EXPECT_EQ(x->state, trigger_state::failed);
    EXPECT_EQ(x->reason, state_reason::handler_error);
    EXPECT_EQ(x->message, text);
  }
}

TEST_F(ExecutorTest, ATimeoutWakesAHandlerThatWaits) {
  handler_registry handlers;
  handlers.add("wait", handler{[](job_context& run) {
                 return run.wait_for(60s) ? result::fail("cancelled") : result::success();
               }});
  start(std::move(handlers));
  auto o = make_order(1, 1, handler_work{"wait"});
  o.timeout = 50ms;
  send(o);
  auto x = d->result_of(1);
  ASSERT_TRUE(x);
  EXPECT_EQ(x->state, trigger_state::timed_out);
  EXPECT_EQ(x->reason, state_reason::deadline);
}

TEST_F(ExecutorTest, BuiltInHandlersRunAndMayBeReplaced) {
  handler_registry handlers;
  handlers.add("noop", handler{[](job_context&) { return result::success("mine"); }});
  start(std::move(handlers));
  send(make_order(1, 1, handler_work{"demo"}));
  send(make_order(2, 2, handler_work{"noop"}));
  auto command = make_order(3, 3, handler_work{"command"});
  command.params = "echo hello from $XXL_JOB; exit 9";
  send(command);
  EXPECT_EQ(d->result_of(1)->message, "did 3 steps");
  EXPECT_EQ(d->result_of(2)->message, "mine");
  auto x = d->result_of(3);
  ASSERT_TRUE(x);
  EXPECT_EQ(x->reason, state_reason::exit_code);
  EXPECT_EQ(x->message, "exit code 9");
  EXPECT_THAT(log_of(3).lines, Contains(EndsWith("Z hello from tests/job-3")));
}

TEST_F(ExecutorTest, AScriptGetsItsArgumentsAndEnvironmentAndItsSourceTravelsOnce) {
  d->source = script_source{
      {1},
      1,
      script_language::shell,
      "echo \"$1|$2|$3|$XXL_TRIGGER_ID|$XXL_JOB|$XXL_SHARD_INDEX|$XXL_SHARD_TOTAL|$XXL_ATTEMPT|$XXL_FIRE_TIME\"\n"};
  start();
  for (std::int64_t id : {1, 2}) {
    send(script(id));
    auto x = d->result_of(id);
    ASSERT_TRUE(x);
    EXPECT_EQ(x->state, trigger_state::succeeded) << x->message;
  }
  EXPECT_THAT(log_of(2).lines,
              Contains(EndsWith("Z some params|1|3|2|tests/job-1|1|3|1|" + std::to_string(to_ms(test::a_fire)))));
  EXPECT_EQ(d->sources_asked, 1);
  EXPECT_TRUE(std::filesystem::exists(dir.path() / "scripts" / "1_1.sh"));
}

TEST_F(ExecutorTest, APythonScriptFailsWithItsExitCode) {
  d->source =
      script_source{{1}, 1, script_language::python, "import sys\nprint('arguments', sys.argv[1:])\nsys.exit(4)\n"};
  start();
  send(script(1, script_language::python));
  auto x = d->result_of(1);
  ASSERT_TRUE(x);
  EXPECT_EQ(x->state, trigger_state::failed);
  EXPECT_EQ(x->message, "exit code 4");
  EXPECT_THAT(log_of(1).lines, Contains(EndsWith("Z arguments ['some params', '1', '3']")));
}

TEST_F(ExecutorTest, AScriptWithoutASourceFailsAndSaysSo) {
  start();
  send(script(1));
  auto x = d->result_of(1);
  ASSERT_TRUE(x);
  EXPECT_EQ(x->reason, state_reason::script_unavailable);
  EXPECT_THAT(x->message, HasSubstr("the source of job 1 version 1 cannot be had: no such script"));
  EXPECT_EQ(x->started, instant{});
}

TEST_F(ExecutorTest, AMissingInterpreterIsNamed) {
  std::string path = ::getenv("PATH");
  d->source = script_source{{1}, 1, script_language::shell, "true"};
  start();
  ::setenv("PATH", "/nonexistent", 1);
  send(script(1));
  auto x = d->result_of(1);
  ::setenv("PATH", path.c_str(), 1);
  ASSERT_TRUE(x);
  EXPECT_EQ(x->reason, state_reason::interpreter_missing);
  EXPECT_THAT(x->message, HasSubstr("\"bash\" is not installed"));
}

TEST_F(ExecutorTest, AScriptThatRunsTooLongIsTerminatedAndTimedOut) {
  d->source = script_source{{1}, 1, script_language::shell, "echo begun; sleep 600 & wait\n"};
  start();
  auto o = script(1);
  o.timeout = 100ms;
  send(o);
  auto x = d->result_of(1);
  ASSERT_TRUE(x);
  EXPECT_EQ(x->state, trigger_state::timed_out);
  EXPECT_EQ(x->reason, state_reason::deadline);
}

TEST_F(ExecutorTest, DrainLetsARunningHandlerEndAndTellsItsResult) {
  handler_registry handlers;
  std::promise<void> begun, go;
  handlers.add("slow", handler{[&](job_context&) {
                 begun.set_value();
                 go.get_future().wait();
                 return result::success("finished");
               }});
  start(std::move(handlers));
  send(make_order(1, 1, handler_work{"slow"}));
  ASSERT_EQ(begun.get_future().wait_for(20s), std::future_status::ready);
  std::thread later{[&] { go.set_value(); }};
  EXPECT_TRUE(running->drain(20s));
  later.join();
  EXPECT_EQ(d->result_of(1)->message, "finished");
}

TEST_F(ExecutorTest, DrainCancelsWhatRunsAtItsDeadline) {
  handler_registry handlers;
  std::promise<void> begun;
  handlers.add("wait", handler{[&](job_context& run) {
                 begun.set_value();
                 return run.wait_for(600s) ? result::fail("cancelled by the drain") : result::success();
               }});
  start(std::move(handlers));
  send(make_order(1, 1, handler_work{"wait"}));
  ASSERT_EQ(begun.get_future().wait_for(20s), std::future_status::ready);
  EXPECT_TRUE(running->drain(10ms));
  EXPECT_EQ(d->result_of(1)->message, "cancelled by the drain");
}

TEST_F(ExecutorTest, ASecondExecutorOnTheSameDataIsRefusedWithThePid) {
  start();
  try {
    start_executor(sys, settings(), {}, system_clock(), counters);
    ADD_FAILURE();
  } catch (const std::runtime_error& e) {
    EXPECT_THAT(e.what(), HasSubstr("is in use by process " + std::to_string(::getpid())));
  }
}

TEST_F(ExecutorTest, SettingsThatCannotWorkAreRefusedWithAText) {
  auto refused = [&](auto change) -> std::string {
    auto s = settings();
    change(s);
    try {
      check_settings(s);
      return "accepted";
    } catch (const std::invalid_argument& e) {
      return e.what();
    }
  };
  EXPECT_EQ(refused([](auto&) {}), "accepted");
  EXPECT_EQ(refused([](auto& s) { s.max_running = 0; }), "executor settings: max_running is 0; it may be 1 to 10000");
  EXPECT_EQ(refused([](auto& s) { s.queue_limit = 0; }), "executor settings: queue_limit is 0; it may be 1 to 1000000");
  EXPECT_EQ(refused([](auto& s) { s.credit = 0; }), "executor settings: credit is 0; it may be 1 to 100000");
  EXPECT_EQ(refused([](auto& s) { s.local_gate.reset(); }), "executor settings: no admin is named");
  EXPECT_EQ(refused([](auto& s) { s.data.clear(); }), "executor settings: data directory is empty");
  EXPECT_EQ(refused([](auto& s) { s.group = "Bad"; }), "executor settings: group \"Bad\" is not a group name");
  EXPECT_EQ(refused([](auto& s) { s.name = ""; }), "executor settings: executor name is empty");
}

} // namespace
} // namespace xxl::executor
