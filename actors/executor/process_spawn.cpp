#include "actors/executor/process_spawn.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace xxl::executor {
namespace {

/// Everything that the child needs, laid out before the fork: between vfork and exec it may only make system calls.
struct child_plan {
  const char* path = nullptr;
  char* const* arguments = nullptr;
  char* const* environment = nullptr;
  int input = -1, output = -1;
  pid_t parent = 0;
};

/// Pointers for exec into strings that outlive it.
std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> all;
  all.reserve(texts.size() + 1);
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

std::vector<std::string> environment_with(const std::vector<std::string>& extra) {
  std::vector<std::string> all;
  auto name_of = [](std::string_view text) { return text.substr(0, text.find('=')); };
  for (char** e = environ; *e != nullptr; ++e)
    if (std::none_of(extra.begin(), extra.end(), [&](auto& x) { return name_of(x) == name_of(*e); }))
      all.emplace_back(*e);
  all.insert(all.end(), extra.begin(), extra.end());
  return all;
}

/// In the child. Returns errno only if the program could not be executed.
int become(const child_plan& plan) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != plan.parent) return ECANCELED; // the executor died before prctl took hold
  if (::dup2(plan.input, 0) < 0 || ::dup2(plan.output, 1) < 0 || ::dup2(plan.output, 2) < 0) return errno;
#ifdef SYS_close_range
  // Ours are O_CLOEXEC; this is for descriptors that libraries opened without it.
  ::syscall(SYS_close_range, 3u, ~0u, 4u /* CLOSE_RANGE_CLOEXEC */);
#endif
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &standard, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(plan.path, plan.arguments, plan.environment);
  return errno;
}

/// The child shares our memory until it executes, so its errno arrives in `error`. All signals are blocked meanwhile:
/// no handler of ours may run in it.
[[gnu::noinline]] pid_t fork_and_become(const child_plan& plan, volatile int& error) {
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  // NOLINTBEGIN(clang-analyzer-security.insecureAPI.vfork,clang-analyzer-unix.Vfork): posix_spawn can neither set
  // PR_SET_PDEATHSIG nor join a process group race-free; what the child does is laid out before.
  pid_t pid = ::vfork();
  if (pid == 0) {
    error = become(plan);
    ::_exit(127);
  }
  // NOLINTEND(clang-analyzer-security.insecureAPI.vfork,clang-analyzer-unix.Vfork)
  if (pid < 0) error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return pid;
}

file open_pidfd(pid_t pid) { return file{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0u))}; }

} // namespace

std::string find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return ::access(name.c_str(), X_OK) == 0 ? name : "";
  const char* variable = ::getenv("PATH");
  std::string_view path = variable != nullptr ? variable : "/usr/local/bin:/usr/bin:/bin";
  for (;;) {
    auto colon = path.find(':');
    std::string candidate{path.substr(0, colon)};
    candidate += candidate.empty() ? "./" + name : "/" + name;
    if (::access(candidate.c_str(), X_OK) == 0 && !std::filesystem::is_directory(candidate)) return candidate;
    if (colon == std::string_view::npos) return {};
    path.remove_prefix(colon + 1);
  }
}

spawned spawn_process(const process_spec& spec) {
  spawned child;
  auto path = find_program(spec.arguments.at(0));
  if (path.empty()) {
    child.error = ENOENT;
    return child;
  }
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    child.error = errno;
    return child;
  }
  child.output = file{ends[0]};
  file write_end{ends[1]};
  file input{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
  if (!input || ::fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) {
    child.error = errno;
    return child;
  }
  auto arguments = spec.arguments;
  auto environment = environment_with(spec.environment);
  auto argument_pointers = pointers_to(arguments);
  auto environment_pointers = pointers_to(environment);
  volatile int error = 0;
  auto pid = fork_and_become(
      {path.c_str(), argument_pointers.data(), environment_pointers.data(), input.fd(), write_end.fd(), ::getpid()},
      error);
  child.error = error;
  if (pid < 0) return child;
  if (child.error == 0) {
    child.pid = pid;
    child.exit = open_pidfd(pid);
    if (child.exit) return child;
    child.error = errno;
    child.pid = -1;
    ::kill(-pid, SIGKILL);
  }
  ::waitpid(pid, nullptr, 0);
  return child;
}

} // namespace xxl::executor
