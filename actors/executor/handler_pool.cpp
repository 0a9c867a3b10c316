#include "actors/executor/handler_pool.hpp"

#include <spdlog/spdlog.h>

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <pthread.h>
#include <system_error>
#include <thread>

namespace xxl::executor {
namespace {

/// The SDK's view of a run.
class run_context final : public job_context {
public:
  run_context(run& r, run_recorder& recorder) : run_{r}, recorder_{recorder} {}
  const std::string& job() const override { return run_.task.job_name; }
  const std::string& params() const override { return run_.task.params; }
  std::int64_t trigger_id() const override { return run_.task.trigger.value; }
  time_point fire_time() const override { return run_.task.fire; }
  time_point planned() const override { return run_.task.planned; }
  const std::string& origin() const override { return run_.task.origin; }
  int attempt() const override { return run_.task.attempt; }
  int shard_index() const override { return run_.task.shard < 0 ? 0 : run_.task.shard; }
  int shard_total() const override { return run_.task.shard < 0 ? 1 : run_.task.shards; }
  std::int64_t session_id() const override { return run_.session.value; }
  bool cancelled() const override { return run_.cancelled(); }
  bool wait_for(std::chrono::nanoseconds time) override { return run_.wait_for(time); }

private:
  void append_log(std::string_view text) override { recorder_.line(run_, text); }
  run& run_;
  run_recorder& recorder_;
};

/// What the handler said, or why it could not.
result call(const handler& fn, job_context& context) {
  try {
    return fn(context);
  } catch (const std::exception& e) {
    return result::fail(std::string{"exception: "} + e.what());
  } catch (...) {
    return result::fail("exception that is not a std::exception");
  }
}

void work(const handler_task& task, run_recorder& recorder) {
  if (!recorder.begin(task.what)) return;
  run_context context{*task.what, recorder};
  auto said = call(*task.fn, context);
  recorder.end(task.what, said.succeeded ? trigger_state::succeeded : trigger_state::failed,
               said.succeeded ? state_reason::none : state_reason::handler_error, std::move(said.message));
}

} // namespace

struct handler_pool::shared {
  std::size_t max_threads = 1;
  std::shared_ptr<const handler_registry> registry;
  std::shared_ptr<run_recorder> recorder;
  std::mutex mutex;
  std::condition_variable wake; ///< of idle threads
  std::condition_variable left; ///< a thread has ended
  std::deque<handler_task> tasks;
  std::size_t threads = 0, idle = 0;
  bool stopping = false;

  /// One more hand for what waits: an idle thread, or a new one. Each thread that takes a task calls the next, so that
  /// a batch of short runs is done by a few threads and a batch of long ones soon has all.
  void call_one(const std::shared_ptr<shared>& me) {
    if (tasks.empty()) return;
    if (idle > 0) {
      wake.notify_one();
    } else if (threads < max_threads) {
      try {
        std::thread{[me] { me->serve(me); }}.detach();
        ++threads; // we hold the lock: it serves nothing before it is counted
      } catch (const std::system_error& e) {
        spdlog::error("cannot start a thread for handlers, {} are there: {}", threads, e.what());
      }
    }
  }

  void serve(const std::shared_ptr<shared>& me) {
    ::pthread_setname_np(::pthread_self(), "xxl-handler");
    std::unique_lock lock{mutex};
    for (;;) {
      while (tasks.empty() && !stopping) {
        ++idle;
        wake.wait(lock);
        --idle;
      }
      if (stopping) break;
      auto task = std::move(tasks.front());
      tasks.pop_front();
      call_one(me);
      lock.unlock();
      work(task, *recorder);
      task = {};
      lock.lock();
    }
    --threads;
    left.notify_all();
  }
};

handler_pool::handler_pool(std::size_t max_threads, std::shared_ptr<const handler_registry> registry,
                           std::shared_ptr<run_recorder> recorder)
    : shared_{std::make_shared<shared>()} {
  shared_->registry = std::move(registry);
  shared_->max_threads = max_threads;
  shared_->recorder = std::move(recorder);
}

handler_pool::~handler_pool() { stop(std::chrono::nanoseconds{0}); }

void handler_pool::submit(std::vector<handler_task> tasks) {
  std::lock_guard guard{shared_->mutex};
  for (auto& task : tasks) shared_->tasks.push_back(std::move(task));
  shared_->call_one(shared_);
}

bool handler_pool::stop(std::chrono::nanoseconds patience) {
  std::unique_lock lock{shared_->mutex};
  shared_->stopping = true;
  shared_->tasks.clear();
  shared_->wake.notify_all();
  return shared_->left.wait_for(lock, patience, [this] { return shared_->threads == 0; });
}

} // namespace xxl::executor
