#include "tests/support/postgres_server.hpp"

#include "tests/support/free_port.hpp"

#include <libpq-fe.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <memory>
#include <poll.h>
#include <pwd.h>
#include <spawn.h>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

extern "C" { // glibc 2.36 forgot it
#include <sys/pidfd.h>
}

namespace xxl::test {

namespace {

namespace fs = std::filesystem;

constexpr auto log_name = "server.log";
constexpr auto user = "postgres"; ///< runs the server programs when we are root, which they refuse

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error{"temporary PostgreSQL: " + what}; }

std::string text_of(const fs::path& file) {
  std::ostringstream out;
  out << std::ifstream{file}.rdbuf();
  return out.str();
}

/// Where initdb and postgres are.
fs::path server_programs() {
  std::string line;
  if (FILE* pipe = popen("pg_config --bindir 2>/dev/null", "r")) {
    for (int c = 0; (c = std::fgetc(pipe)) != EOF && c != '\n';) line.push_back(static_cast<char>(c));
    pclose(pipe);
  }
  if (line.empty()) fail("pg_config was not found: install libpq-dev and postgresql-15");
  if (!fs::exists(fs::path{line} / "initdb")) fail("no initdb in " + line + ": install postgresql-15");
  return line;
}

/// Starts a program in a session of its own, so that Ctrl-C in the terminal is not meant for it; `input` becomes its
/// standard input, `log` the file of its output.
pid_t spawn(const std::vector<std::string>& command, int input, const fs::path& log) {
  std::vector<char*> args;
  for (const auto& word : command) args.push_back(const_cast<char*>(word.c_str()));
  args.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, input, 0);
  posix_spawn_file_actions_addopen(&files, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  pid_t pid = 0;
  const int failed = posix_spawnp(&pid, args[0], &files, &attributes, args.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) fail("cannot run " + command[0] + ": " + std::strerror(failed));
  return pid;
}

pid_t spawn(const std::vector<std::string>& command, const fs::path& log) {
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  const auto pid = spawn(command, nothing, log);
  close(nothing);
  return pid;
}

/// The exit code, or 128 and the signal that ended it.
int await_end(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// A server program with its arguments, under the user that may run it.
std::vector<std::string> as_server_user(const fs::path& program, std::vector<std::string> args) {
  std::vector<std::string> all;
  // setpriv becomes the program, unlike runuser, which stays between us and it.
  if (geteuid() == 0) all = {"setpriv", "--reuid", user, "--regid", user, "--init-groups", "--"};
  all.push_back(program.string());
  all.insert(all.end(), std::make_move_iterator(args.begin()), std::make_move_iterator(args.end()));
  return all;
}

fs::path make_directory() {
  const char* base = std::getenv("TMPDIR");
  auto path = std::string{base != nullptr && *base != '\0' ? base : "/tmp"} + "/xxl-pg-XXXXXX";
  if (path.size() > 80) fail("TMPDIR is too long for a Unix socket: " + path);
  if (mkdtemp(path.data()) == nullptr) fail("cannot make " + path + ": " + std::strerror(errno));
  if (geteuid() == 0) {
    const passwd* entry = getpwnam(user);
    if (entry == nullptr || chown(path.c_str(), entry->pw_uid, entry->pw_gid) != 0)
      fail("cannot give " + path + " to the user postgres: install postgresql-15");
  }
  return path;
}

void execute(const std::string& url, const std::string& sql) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> c{PQconnectdb(url.c_str()), &PQfinish};
  if (PQstatus(c.get()) != CONNECTION_OK) fail(PQerrorMessage(c.get()));
  const std::unique_ptr<PGresult, decltype(&PQclear)> r{PQexec(c.get(), sql.c_str()), &PQclear};
  if (PQresultStatus(r.get()) != PGRES_COMMAND_OK) fail(sql + ": " + PQerrorMessage(c.get()));
}

/// Handles of a process's children, to wait for their end: they are not ours.
std::vector<int> children_of(pid_t pid) {
  std::vector<int> handles;
  std::ifstream children{"/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children"};
  for (pid_t child = 0; children >> child;) handles.push_back(pidfd_open(child, 0));
  return handles;
}

void await_ends(const std::vector<int>& handles) {
  for (const int handle : handles) {
    if (handle < 0) continue; // gone before it could be opened
    pollfd p{handle, POLLIN, 0};
    const int ended = poll(&p, 1, 10'000);
    close(handle);
    if (ended != 1) fail("a server process outlived kill -9 of its postmaster by 10 s");
  }
}

} // namespace

/// Sees the end of this process, whatever caused it, through a pipe, and then ends the server and removes its
/// directory.
class postgres_server::guardian {
public:
  explicit guardian(const fs::path& directory) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) fail(std::string{"pipe: "} + std::strerror(errno));
    held_ = ends[1];
    // cat ends with the pipe; SIGQUIT is the server's immediate shutdown, which takes its children along.
    pid_ = spawn(
        {"sh", "-c", "cat; kill -QUIT $(head -n 1 \"$0/data/postmaster.pid\"); rm -rf \"$0\"", directory.string()},
        ends[0], "/dev/null");
    close(ends[0]);
  }
  guardian(const guardian&) = delete;
  guardian& operator=(const guardian&) = delete;
  ~guardian() {
    close(held_);
    await_end(pid_);
  }

private:
  pid_t pid_ = 0;
  int held_ = -1;
};

postgres_server::postgres_server(options o) : options_{std::move(o)}, bin_{server_programs()} {
  directory_ = make_directory();
  guardian_ = std::make_unique<guardian>(directory_);
  port_ = options_.tcp ? free_port() : 5432; // without TCP only part of the socket's name
  make_cluster();
  configure();
  start();
}

/// At once: nothing of it is kept, and a last checkpoint can take minutes.
postgres_server::~postgres_server() {
  if (pid_ == 0) return;
  kill(pid_, SIGQUIT);
  await_end(pid_);
}

postgres_server& postgres_server::shared() {
  static postgres_server one{options{}};
  return one;
}

void postgres_server::make_cluster() {
  const auto log = directory_ / "initdb.log";
  const auto command = as_server_user(bin_ / "initdb", {"-D", (directory_ / "data").string(), "-U", "xxl", "-A",
                                                        "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"});
  if (await_end(spawn(command, log)) != 0) fail("initdb failed: " + text_of(log));
}

void postgres_server::configure() const {
  std::ofstream out{directory_ / "data" / "postgresql.conf", std::ios::app};
  out << "listen_addresses = '" << (options_.tcp ? "127.0.0.1" : "") << "'\n"
      << "port = " << port_ << "\n"
      << "unix_socket_directories = '" << directory_.string() << "'\n"
      << "fsync = " << (options_.fsync ? "on" : "off") << "\n";
  for (const auto& line : options_.settings) out << line << '\n';
  if (!out.flush()) fail("cannot write " + (directory_ / "data" / "postgresql.conf").string());
}

void postgres_server::start() {
  constexpr int attempts = 6'000, pause_ms = 10;
  const auto log = directory_ / log_name;
  pid_ = spawn(as_server_user(bin_ / "postgres", {"-D", (directory_ / "data").string()}), log);
  const auto at = url("postgres");
  for (int attempt = 0; attempt < attempts; ++attempt) {
    if (PQping(at.c_str()) == PQPING_OK) return;
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = 0;
      break;
    }
    poll(nullptr, 0, pause_ms); // it tells nobody that it is ready
  }
  fail("the server did not start: " + text_of(log));
}

void postgres_server::stop() {
  if (pid_ == 0) return;
  kill(pid_, SIGINT); // its fast shutdown
  await_end(pid_);
  pid_ = 0;
}

void postgres_server::restart() {
  stop();
  start();
}

void postgres_server::kill9() {
  if (pid_ == 0) return;
  const auto children = children_of(pid_);
  kill(pid_, SIGKILL);
  await_end(pid_);
  pid_ = 0;
  await_ends(children);
}

std::string postgres_server::log() const { return text_of(directory_ / log_name); }

std::string postgres_server::fresh_database() {
  auto name = "t" + std::to_string(++databases_);
  execute(url("postgres"), "CREATE DATABASE " + name + " TEMPLATE template0");
  return name;
}

std::string postgres_server::fresh_database_from(const std::string& name) {
  auto copy = "t" + std::to_string(++databases_);
  execute(url("postgres"), "CREATE DATABASE " + copy + " TEMPLATE " + name);
  return copy;
}

std::string postgres_server::url(const std::string& database) const {
  return "postgresql://xxl@/" + database + "?host=" + directory_.string() + "&port=" + std::to_string(port_);
}

std::string postgres_server::tcp_url(const std::string& database) const {
  if (!options_.tcp) fail("asked for TCP, but started without options::tcp");
  return "postgresql://xxl@127.0.0.1:" + std::to_string(port_) + "/" + database;
}

} // namespace xxl::test
