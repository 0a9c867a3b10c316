#include "actors/executor/process_host.hpp"

#include "actors/executor/process_spawn.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>
#include <optional>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <unordered_map>

namespace xxl::executor {
namespace {

using steady = std::chrono::steady_clock;

/// A line without its end is passed on when it has this length: nothing is held back without bound.
constexpr std::size_t longest_line = 8 * 1024;
/// What a pipe can hold at most by default; read after the end of a child, whose output cannot be more.
constexpr std::size_t pipe_bytes = 1024 * 1024;

struct child {
  spawned process;
  process_host::line_sink on_line;
  process_host::end_sink on_end;
  std::string partial; ///< a line that has no end yet
  bool terminated = false;
  std::optional<steady::time_point> kill_at;

  void take(std::string_view bytes) {
    while (!bytes.empty()) {
      auto end = bytes.find('\n');
      auto more = bytes.substr(0, end);
      bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
      partial.append(more);
      if (end != std::string_view::npos || partial.size() >= longest_line) flush();
    }
  }
  void flush() {
    on_line(partial);
    partial.clear();
  }
};

} // namespace

class process_host::reactor {
public:
  explicit reactor(std::chrono::milliseconds grace)
      : grace_{grace}, epoll_{::epoll_create1(EPOLL_CLOEXEC)}, wake_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
    if (!epoll_ || !wake_) throw std::system_error{errno, std::generic_category(), "cannot watch child processes"};
    watch(wake_.fd(), wake_key);
    thread_ = std::thread{[this] { serve(); }};
  }
  ~reactor() {
    {
      std::lock_guard guard{mutex_};
      stopping_ = true;
    }
    signal();
    thread_.join();
  }

  std::uint64_t start(process_spec spec, line_sink on_line, end_sink on_end) {
    auto number = ++numbers_;
    command({number, std::make_unique<request>(std::move(spec), std::move(on_line), std::move(on_end))});
    return number;
  }
  void terminate(std::uint64_t number) { command({number, nullptr}); }

private:
  struct request {
    process_spec spec;
    line_sink on_line;
    end_sink on_end;
    request(process_spec s, line_sink l, end_sink e)
        : spec{std::move(s)}, on_line{std::move(l)}, on_end{std::move(e)} {}
  };
  struct order {
    std::uint64_t number = 0;
    std::unique_ptr<request> start; ///< null: terminate
  };
  static constexpr std::uint64_t wake_key = 0;
  static std::uint64_t output_key(std::uint64_t number) { return number * 2; }
  static std::uint64_t exit_key(std::uint64_t number) { return number * 2 + 1; }

  void command(order o) {
    {
      std::lock_guard guard{mutex_};
      orders_.push_back(std::move(o));
    }
    signal();
  }
  void signal() const {
    std::uint64_t one = 1;
    [[maybe_unused]] auto written = ::write(wake_.fd(), &one, sizeof one);
  }
  void watch(int fd, std::uint64_t key) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = key;
    if (::epoll_ctl(epoll_.fd(), EPOLL_CTL_ADD, fd, &event) != 0)
      throw std::system_error{errno, std::generic_category(), "cannot watch a child process"};
  }

  void serve();
  bool take_orders();
  void begin(std::uint64_t number, request r);
  void terminate_now(std::uint64_t number);
  void kill_overdue();
  int wait_ms() const;
  /// False at the end of the output.
  bool read_some(child& c);
  void collect(std::uint64_t number);
  void kill_all();

  std::chrono::milliseconds grace_;
  file epoll_, wake_;
  std::atomic<std::uint64_t> numbers_{0};
  std::mutex mutex_;
  std::vector<order> orders_;
  bool stopping_ = false;
  std::unordered_map<std::uint64_t, child> children_; ///< the thread's own
  std::thread thread_;
};

void process_host::reactor::serve() {
  ::pthread_setname_np(::pthread_self(), "xxl-processes");
  std::array<epoll_event, 64> events;
  while (take_orders()) {
    auto n = ::epoll_wait(epoll_.fd(), events.data(), static_cast<int>(events.size()), wait_ms());
    for (int i = 0; i < n; ++i) {
      auto key = events[static_cast<std::size_t>(i)].data.u64;
      if (key == wake_key) {
        std::uint64_t count = 0;
        [[maybe_unused]] auto got = ::read(wake_.fd(), &count, sizeof count);
        continue;
      }
      auto it = children_.find(key / 2);
      if (it == children_.end()) continue; // collected by an event before this one
      if (key == exit_key(it->first))
        collect(it->first);
      else if (!read_some(it->second)) // its end is told by the pidfd
        ::epoll_ctl(epoll_.fd(), EPOLL_CTL_DEL, it->second.process.output.fd(), nullptr);
    }
    kill_overdue();
  }
  kill_all();
}

bool process_host::reactor::take_orders() {
  std::vector<order> orders;
  {
    std::lock_guard guard{mutex_};
    if (stopping_) return false;
    orders.swap(orders_);
  }
  for (auto& o : orders) {
    if (o.start)
      begin(o.number, std::move(*o.start));
    else
      terminate_now(o.number);
  }
  return true;
}

void process_host::reactor::begin(std::uint64_t number, request r) {
  auto process = spawn_process(r.spec);
  if (process.error != 0) return r.on_end({process_end::kind::not_started, process.error});
  auto& c = children_[number];
  c.process = std::move(process);
  c.on_line = std::move(r.on_line);
  c.on_end = std::move(r.on_end);
  watch(c.process.output.fd(), output_key(number));
  watch(c.process.exit.fd(), exit_key(number));
}

void process_host::reactor::terminate_now(std::uint64_t number) {
  auto it = children_.find(number);
  if (it == children_.end() || std::exchange(it->second.terminated, true)) return;
  ::kill(-it->second.process.pid, SIGTERM);
  it->second.kill_at = steady::now() + grace_;
}

void process_host::reactor::kill_overdue() {
  auto now = steady::now();
  for (auto& [number, c] : children_)
    if (c.kill_at && *c.kill_at <= now) {
      c.kill_at.reset();
      ::kill(-c.process.pid, SIGKILL);
    }
}

int process_host::reactor::wait_ms() const {
  std::optional<steady::time_point> next;
  for (auto& [number, c] : children_)
    if (c.kill_at && (!next || *c.kill_at < *next)) next = c.kill_at;
  if (!next) return -1;
  auto wait = std::chrono::ceil<std::chrono::milliseconds>(*next - steady::now());
  return static_cast<int>(std::max<std::int64_t>(wait.count(), 0));
}

bool process_host::reactor::read_some(child& c) {
  std::array<char, 64 * 1024> bytes;
  auto n = ::read(c.process.output.fd(), bytes.data(), bytes.size());
  if (n < 0) return errno == EAGAIN || errno == EINTR;
  c.take({bytes.data(), static_cast<std::size_t>(n)});
  return n > 0;
}

void process_host::reactor::collect(std::uint64_t number) {
  auto node = children_.extract(number);
  auto& c = node.mapped();
  // While its leader is not collected the group's number cannot become somebody else's.
  if (c.terminated) ::kill(-c.process.pid, SIGKILL);
  int status = 0;
  while (::waitpid(c.process.pid, &status, 0) < 0 && errno == EINTR) {}
  // What it wrote is in the pipe. A process that it left behind may hold the other end for ever: nobody waits for that
  // one.
  std::array<char, 64 * 1024> bytes;
  for (std::size_t done = 0; done < pipe_bytes;) {
    auto n = ::read(c.process.output.fd(), bytes.data(), bytes.size());
    if (n <= 0) break;
    c.take({bytes.data(), static_cast<std::size_t>(n)});
    done += static_cast<std::size_t>(n);
  }
  if (!c.partial.empty()) c.flush();
  auto signalled = WIFSIGNALED(status);
  c.on_end({signalled ? process_end::kind::signalled : process_end::kind::exited,
            signalled ? WTERMSIG(status) : WEXITSTATUS(status)});
}

void process_host::reactor::kill_all() {
  std::vector<std::uint64_t> numbers;
  for (auto& [number, c] : children_) {
    c.terminated = true;
    ::kill(-c.process.pid, SIGKILL);
    numbers.push_back(number);
  }
  for (auto number : numbers) collect(number);
}

process_host::process_host(std::chrono::milliseconds kill_grace) : reactor_{std::make_unique<reactor>(kill_grace)} {}
process_host::~process_host() = default;

std::uint64_t process_host::start(process_spec spec, line_sink on_line, end_sink on_end) {
  return reactor_->start(std::move(spec), std::move(on_line), std::move(on_end));
}

void process_host::terminate(std::uint64_t number) { reactor_->terminate(number); }

} // namespace xxl::executor
