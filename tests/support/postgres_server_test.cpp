#include "tests/support/postgres_server.hpp"

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <poll.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

extern "C" { // glibc 2.36 forgot it
#include <sys/pidfd.h>
}

namespace xxl::test {
namespace {

bool answers(const std::string& url) { return PQping(url.c_str()) == PQPING_OK; }

std::filesystem::path directory_of(const std::string& url) {
  const auto from = url.find("host=") + 5;
  return url.substr(from, url.find('&') - from);
}

TEST(PostgresServer, AnswersOverBothSocketsWhereAsked) {
  const postgres_server server{{.tcp = true, .fsync = true, .settings = {"max_connections = 7"}}};
  EXPECT_TRUE(answers(server.url("postgres")));
  EXPECT_TRUE(answers(server.tcp_url("postgres")));
}

TEST(PostgresServer, ComesBackFromRestartAndKill) {
  postgres_server server{{.tcp = false, .fsync = false, .settings = {}}};
  const auto first = server.pid();
  server.restart();
  EXPECT_NE(server.pid(), first);
  EXPECT_TRUE(answers(server.url("postgres")));
  server.kill9();
  EXPECT_EQ(server.pid(), 0);
  EXPECT_FALSE(answers(server.url("postgres")));
  server.start();
  EXPECT_TRUE(answers(server.url("postgres")));
}

TEST(PostgresServer, LeavesNothingBehind) {
  std::filesystem::path directory;
  pid_t pid = 0;
  {
    const postgres_server server{{.tcp = false, .fsync = false, .settings = {}}};
    directory = directory_of(server.url("postgres"));
    pid = server.pid();
    ASSERT_TRUE(std::filesystem::exists(directory));
  }
  EXPECT_FALSE(std::filesystem::exists(directory));
  EXPECT_EQ(kill(pid, 0), -1);
}

TEST(PostgresServer, DiesWithTheProcessThatStartedIt) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    const postgres_server server{{.tcp = false, .fsync = false, .settings = {}}};
    const auto pid = server.pid();
    if (write(ends[1], &pid, sizeof pid) != sizeof pid) _exit(1);
    pause();
  }
  pid_t server = 0;
  ASSERT_EQ(read(ends[0], &server, sizeof server), static_cast<ssize_t>(sizeof server));
  pollfd ended{pidfd_open(server, 0), POLLIN, 0};
  ASSERT_GE(ended.fd, 0);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_EQ(poll(&ended, 1, 10'000), 1) << "the server outlived its test by 10 s";
  close(ended.fd);
  close(ends[0]);
  close(ends[1]);
}

} // namespace
} // namespace xxl::test
