#include "tests/e2e/harness/process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <optional>
#include <poll.h>
#include <regex>
#include <stdexcept>
#include <string_view>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

extern char** environ;

namespace xxl::e2e {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

[[noreturn]] void fail_errno(const std::string& what) { throw std::system_error{errno, std::generic_category(), what}; }

std::vector<std::string> environment_of(const command& c) {
  std::vector<std::string> all;
  for (char** at = environ; *at != nullptr; ++at)
    if (std::string_view entry{*at}; !entry.starts_with("XXL_")) all.emplace_back(entry);
  for (auto& [name, value] : c.environment) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> all;
  for (auto& word : words) all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail_errno("pipe2");
  return ends;
}

} // namespace

class process::body {
public:
  explicit body(command c) : name_{std::filesystem::path{c.words.at(0)}.filename()} {
    auto out = make_pipe();
    auto err = make_pipe();
    start(c, out[1], err[1]);
    ::close(out[1]);
    ::close(err[1]);
    pidfd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)); // glibc 2.36 declares pidfd_open for C only
    stop_ = ::eventfd(0, EFD_CLOEXEC);
    reader_ = std::thread{[this, out = out[0], err = err[0]] { read(out, err); }};
  }

  ~body() {
    kill9();
    std::uint64_t one = 1;
    static_cast<void>(::write(stop_, &one, sizeof one) == sizeof one);
    reader_.join();
    ::close(pidfd_);
    ::close(stop_);
  }

  pid_t pid() const { return pid_; }

  void signal(int number) const {
    if (!ending_ && ::kill(pid_, number) != 0) fail_errno("kill " + name_);
  }

  void kill9() {
    if (ending_) return;
    ::kill(pid_, SIGKILL);
    collect();
  }

  bool running() {
    pollfd p{pidfd_, POLLIN, 0};
    return !ending_ && ::poll(&p, 1, 0) == 0;
  }

  ending wait_exit(milliseconds most) {
    pollfd p{pidfd_, POLLIN, 0};
    if (!ending_ && ::poll(&p, 1, static_cast<int>(most.count())) <= 0)
      fail("did not end within " + std::to_string(most.count()) + " ms");
    collect();
    // What it wrote last has been read when both pipes are at their end; a child it left behind may hold them open.
    std::unique_lock lock{mutex_};
    news_.wait_for(lock, milliseconds{2'000}, [this] { return closed_; });
    return *ending_;
  }

  std::string wait_line(const std::string& expression, milliseconds most, std::size_t from) {
    std::regex wanted{expression};
    auto until = steady_clock::now() + most;
    std::unique_lock lock{mutex_};
    for (auto at = from;; ++at) {
      if (!news_.wait_until(lock, until, [&] { return at < lines_.size() || closed_; }) || at >= lines_.size()) {
        lock.unlock();
        fail("no line matches \"" + expression + "\"");
      }
      if (std::regex_search(lines_[at], wanted)) return lines_[at];
    }
  }

  std::size_t line_count() {
    std::lock_guard lock{mutex_};
    return lines_.size();
  }

  std::vector<std::string> lines(const std::string& expression) {
    std::regex wanted{expression};
    std::lock_guard lock{mutex_};
    std::vector<std::string> found;
    std::copy_if(lines_.begin(), lines_.end(), std::back_inserter(found),
                 [&](auto& line) { return std::regex_search(line, wanted); });
    return found;
  }

  std::string text(bool errors) {
    std::lock_guard lock{mutex_};
    return errors ? errors_.text : output_.text;
  }

private:
  struct stream {
    std::string text;           ///< all of it
    std::size_t line_begin = 0; ///< of the line that is not complete yet
  };

  void start(command& c, int out, int err) {
    auto environment = environment_of(c);
    auto words = pointers(c.words);
    auto variables = pointers(environment);
    auto directory = c.directory.string();
    pid_ = ::fork();
    if (pid_ < 0) fail_errno("fork");
    if (pid_ > 0) return;
    // The child: only calls that are safe between fork and exec.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    int null = ::open("/dev/null", O_RDONLY);
    bool ready = ::dup2(null, 0) == 0 && ::dup2(out, 1) == 1 && ::dup2(err, 2) == 2 && ::chdir(directory.c_str()) == 0;
    if (ready) ::execve(words[0], words.data(), variables.data());
    ::_exit(127);
  }

  void collect() {
    if (ending_) return;
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR)
      ;
    ending_ = WIFEXITED(status) ? ending{WEXITSTATUS(status), 0} : ending{-1, WTERMSIG(status)};
  }

  void read(int out, int err) {
    std::array<pollfd, 3> watched{{{out, POLLIN, 0}, {err, POLLIN, 0}, {stop_, POLLIN, 0}}};
    while ((watched[0].fd >= 0 || watched[1].fd >= 0) && watched[2].revents == 0) {
      ::poll(watched.data(), watched.size(), -1);
      if (watched[0].fd >= 0 && watched[0].revents != 0 && !take(out, output_))
        watched[0].fd = -1; // poll() passes over negative ones
      if (watched[1].fd >= 0 && watched[1].revents != 0 && !take(err, errors_)) watched[1].fd = -1;
    }
    ::close(out);
    ::close(err);
    std::lock_guard lock{mutex_};
    closed_ = true;
    news_.notify_all();
  }

  /// False at the end of the stream.
  bool take(int fd, stream& into) {
    std::array<char, 64 * 1024> buffer{};
    auto n = ::read(fd, buffer.data(), buffer.size());
    if (n < 0) return errno == EINTR;
    std::lock_guard lock{mutex_};
    into.text.append(buffer.data(), static_cast<std::size_t>(n));
    for (std::size_t end = 0; (end = into.text.find('\n', into.line_begin)) != std::string::npos;
         into.line_begin = end + 1)
      lines_.push_back(into.text.substr(into.line_begin, end - into.line_begin));
    news_.notify_all();
    return n > 0;
  }

  [[noreturn]] void fail(const std::string& what) {
    auto state = running() ? " (running)" : " (ended)";
    throw std::runtime_error{name_ + " " + std::to_string(pid_) + state + ": " + what + "\n--- output\n" + text(false) +
                             "--- errors\n" + text(true) + "---"};
  }

  std::string name_;
  pid_t pid_ = 0;
  int pidfd_ = -1;
  int stop_ = -1;
  std::optional<ending> ending_;
  std::thread reader_;
  std::mutex mutex_; // guards what follows
  std::condition_variable news_;
  std::vector<std::string> lines_;
  stream output_, errors_;
  bool closed_ = false;
};

process::process(command c) : body_{std::make_unique<body>(std::move(c))} {}
process::~process() = default;
process::process(process&&) noexcept = default;
process& process::operator=(process&&) noexcept = default;

pid_t process::pid() const { return body_->pid(); }
void process::signal(int number) const { body_->signal(number); }
void process::kill9() { body_->kill9(); }
bool process::running() const { return body_->running(); }
ending process::wait_exit(milliseconds most) { return body_->wait_exit(most); }
std::string process::wait_line(const std::string& expression, milliseconds most, std::size_t from) const {
  return body_->wait_line(expression, most, from);
}
std::size_t process::line_count() const { return body_->line_count(); }
std::vector<std::string> process::lines(const std::string& expression) const { return body_->lines(expression); }
std::string process::output() const { return body_->text(false); }
std::string process::errors() const { return body_->text(true); }

finished run(command c, milliseconds most) {
  process p{std::move(c)};
  auto end = p.wait_exit(most);
  return {end.code, p.output(), p.errors()};
}

} // namespace xxl::e2e
