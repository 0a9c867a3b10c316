// The program, as a process, against a gate of this test: exit codes, streams, connections.

#include "protocol/errors.hpp"
#include "transport/transport.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

namespace xxl::cli {
namespace {

struct ended {
  int code = -1;
  std::string out, err;
};

ended run(const std::string& args) {
  auto errors = ::testing::TempDir() + "xxlctl_errors_" + std::to_string(::getpid());
  auto command = std::string{std::getenv("XXL_BIN_DIR")} + "/xxlctl " + args + " 2> " + errors;
  ended e;
  auto* pipe = ::popen(command.c_str(), "r");
  if (!pipe) return e;
  std::array<char, 4'096> piece{};
  for (std::size_t n; (n = std::fread(piece.data(), 1, piece.size(), pipe)) > 0;) e.out.append(piece.data(), n);
  int status = ::pclose(pipe);
  e.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  std::ostringstream text;
  text << std::ifstream{errors}.rdbuf();
  e.err = text.str();
  std::remove(errors.c_str());
  return e;
}

/// Asking for its log ends the door, as kill -9 does, before there is an answer.
constexpr trigger_id deadly{13};

operator_actor::behavior_type door(operator_actor::pointer self) {
  return {
      [](apply_atom, apply_request&) { return std::vector<apply_change>{}; },
      [](groups_atom) { return std::vector<group_view>{}; },
      [](jobs_atom, const job_query&) { return std::vector<job_view>{}; },
      [](executors_atom) { return std::vector<executor_view>{}; },
      [](triggers_atom, const trigger_query&) { return std::vector<trigger_view>{}; },
      [](audit_atom, jobs_atom, const audit_query&) { return std::vector<audit_job>{}; },
      [](audit_atom, versions_atom, const audit_query&) { return std::vector<audit_version>{}; },
      [](audit_atom, gaps_atom, const audit_query&) { return std::vector<audit_gap>{}; },
      [](audit_atom, triggers_atom, const audit_query&) { return std::vector<audit_trigger>{}; },
      [](describe_atom, const job_ref& ref) -> caf::result<job_detail> {
        return caf::error{make_error(errc::not_found, "there is no job \"" + ref.group + "/" + ref.name + "\"")};
      },
      [](trigger_atom, const trigger_request& r) {
        return trigger_receipt{trigger_id{9}, instant{}, r.params == "--again 1"};
      },
      [](pause_atom, const pause_request&) { return pause_answer{}; },
      [](kill_atom, const kill_request&) { return kill_answer{}; },
      [](cluster_atom) { return cluster_view{}; },
      [self](log_atom, const log_query& q) -> caf::result<log_chunk> {
        if (q.trigger == deadly) {
          self->quit(caf::exit_reason::remote_link_unreachable);
          return self->make_response_promise<log_chunk>();
        }
        return caf::error{make_error(errc::unavailable, "executor is away")};
      },
      [](next_atom, const job_ref&, std::uint32_t) { return std::vector<instant>{}; },
      [](stats_atom) {
        node_stats s;
        s.node = "admin-1";
        s.values["ring.entries"] = 5;
        return s;
      },
  };
}

/// What a hello said.
struct greeting {
  std::string kind, who;
};

gate_actor::behavior_type gate(gate_actor::pointer, operator_actor behind, std::shared_ptr<greeting> heard,
                               bool refuse) {
  return {
      [=](hello_atom, std::uint32_t, std::uint32_t, std::string& kind, std::string& who,
          caf::strong_actor_ptr&) -> caf::result<std::uint32_t, caf::strong_actor_ptr> {
        *heard = {kind, who};
        if (refuse)
          return caf::error{make_error(errc::protocol_mismatch,
                                       "this admin speaks protocols 2 to 3, you speak 1 to 1: upgrade xxlctl")};
        return {1u, caf::actor_cast<caf::strong_actor_ptr>(behind)};
      },
  };
}

class Program : public ::testing::Test {
protected:
  transport::config cfg{transport::settings{}};
  caf::actor_system sys{cfg};
  operator_actor behind = sys.spawn(door);
  std::shared_ptr<greeting> heard = std::make_shared<greeting>();
  std::vector<std::pair<gate_actor, std::uint16_t>> gates;

  ~Program() override {
    for (auto& [g, port] : gates) {
      transport::stop_listening(sys, g, port);
      caf::anon_send_exit(g, caf::exit_reason::user_shutdown);
    }
    caf::anon_send_exit(behind, caf::exit_reason::user_shutdown);
  }

  /// "127.0.0.1:port" of a new gate.
  std::string open(bool refuse = false) {
    auto g = sys.spawn(gate, behind, heard, refuse);
    auto port = transport::listen(sys, g, {"127.0.0.1", 0});
    if (!port) {
      ADD_FAILURE() << text_of(port.error());
      return {};
    }
    gates.emplace_back(g, *port);
    return "127.0.0.1:" + std::to_string(*port);
  }
};

TEST_F(Program, AsksTheAdminItIsTold) {
  auto e = run("--admin " + open() + " stats");
  EXPECT_EQ(e.code, 0) << e.err;
  EXPECT_EQ(e.out, "node:          admin-1\nleads:         no\nepoch:         0\nring.entries:  5\n");
  EXPECT_EQ(e.err, "");
  EXPECT_EQ(heard->kind, "operator");
  EXPECT_NE(heard->who.find('@'), std::string::npos) << heard->who;
}

TEST_F(Program, TriesOneAdminAfterTheOther) {
  auto e = run("--admin 127.0.0.1:1 --admin " + open() + " -o json next orders/a");
  EXPECT_EQ(e.code, 0) << e.err;
  EXPECT_EQ(e.out, "[]\n");
}

TEST_F(Program, WithoutAnyAdminSaysOfEachWhyNot) {
  auto e = run("--admin 127.0.0.1:1,127.0.0.1:2 stats");
  EXPECT_EQ(e.code, 4);
  EXPECT_EQ(e.out, "");
  EXPECT_EQ(e.err.find("xxlctl: no admin could be reached; is xxl-node running there?\n"), 0u) << e.err;
  EXPECT_NE(e.err.find("127.0.0.1:1"), std::string::npos) << e.err;
  EXPECT_NE(e.err.find("127.0.0.1:2"), std::string::npos) << e.err;
}

TEST_F(Program, ARefusedProtocolIsSaidInTheAdminsWords) {
  auto e = run("--admin " + open(true) + " stats");
  EXPECT_EQ(e.code, 4);
  EXPECT_NE(e.err.find("this admin speaks protocols 2 to 3, you speak 1 to 1: upgrade xxlctl"), std::string::npos)
      << e.err;
}

TEST_F(Program, ErrorsOfTheAdminBecomeExitCodes) {
  auto admin = open();
  auto missing = run("--admin " + admin + " describe orders/a");
  EXPECT_EQ(missing.code, 5);
  EXPECT_EQ(missing.err, "xxlctl: there is no job \"orders/a\"\n");
  auto away = run("--admin " + admin + " logs 7");
  EXPECT_EQ(away.code, 1);
  EXPECT_EQ(away.err, "xxlctl: executor is away\n");
}

TEST_F(Program, AnAdminThatDiesWhileItIsAskedIsALostConnection) {
  auto admin = open();
  auto begin = std::chrono::steady_clock::now();
  auto e = run("--admin " + admin + " logs " + to_string(deadly));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{20})
      << "it waited for the answer's deadline";
  EXPECT_EQ(e.code, 4);
  EXPECT_EQ(e.err.find("xxlctl: admin " + admin + ": the connection was lost"), 0u) << e.err;
}

TEST_F(Program, ParamsTravelAsTheyWereWritten) {
  auto e = run("--admin " + open() + " trigger orders/a --params '--again 1'");
  EXPECT_EQ(e.code, 0) << e.err;
  EXPECT_EQ(e.out, "trigger 9 of orders/a at 1970-01-01T00:00:00.000Z: known already, nothing was started\n");
}

TEST(ProgramAlone, UsageAndVersion) {
  EXPECT_EQ(run("frobnicate").code, 2);
  auto version = run("version");
  EXPECT_EQ(version.code, 0);
  EXPECT_EQ(version.out.find("xxlctl "), 0u);
  EXPECT_NE(version.out.find("(protocol 1)\n"), std::string::npos);
  auto help = run("--help");
  EXPECT_EQ(help.code, 0);
  EXPECT_EQ(help.out.back(), '\n');
  EXPECT_EQ(help.err, "");
}

TEST(ProgramAlone, QuestionsAboutFiresAreAnsweredFromTheInput) {
  auto questions = ::testing::TempDir() + "xxlctl_questions_" + std::to_string(::getpid());
  std::ofstream{questions} << R"({"expr":"0 0 9 * * ?","tz":"UTC","after":"2026-12-01T00:00:00Z","count":1})"
                           << "\n\n"
                           << R"({"expr":"0 0 9 * * ?"})";
  auto e = run("--admin 127.0.0.1:1 cron --jsonl < " + questions);
  EXPECT_EQ(e.code, 0) << e.err;
  EXPECT_EQ(e.out, "{\"next\":[\"2026-12-01T09:00:00Z\"]}\n{\"error\":\"the line is empty\"}\n"
                   "{\"error\":\"tz is missing\"}\n");
  EXPECT_EQ(e.err, "");
  auto full = run("cron --jsonl < " + questions + " > /dev/full");
  EXPECT_EQ(full.code, 1);
  EXPECT_EQ(full.err, "xxlctl: the answers cannot be written\n");
  std::remove(questions.c_str());
  EXPECT_EQ(run("cron --jsonl < /dev/null").code, 0);
  EXPECT_EQ(run("cron --jsonl < /").code, 1) << "a directory can be opened, but not read";
}

TEST(ProgramAlone, AWrongExpressionHasACodeAndACaret) {
  auto e = run("cron '0 60 * * * ?'");
  EXPECT_EQ(e.code, 3);
  EXPECT_EQ(e.err, "xxlctl: expression:1:3: minute: 60 is not in 0-59\n0 60 * * * ?\n  ^\n");
}

TEST(ProgramAlone, InvalidFilesEndWithTheirOwnCodeAndNoAdmin) {
  auto e = run("--admin 127.0.0.1:1 validate /nonexistent/jobs.yaml");
  EXPECT_EQ(e.code, 3);
  EXPECT_NE(e.err.find("/nonexistent/jobs.yaml"), std::string::npos) << e.err;
}

TEST(ProgramAlone, WhatOnlyLooksAtFilesAsksNoAdmin) {
  auto jobs = std::string{std::getenv("XXL_SOURCE_DIR")} + "/examples/jobs/";
  for (auto* verb : {"simulate ", "next "}) {
    auto e = run("--admin 127.0.0.1:1 " + std::string{verb} + jobs);
    EXPECT_EQ(e.code, 0) << e.err;
    EXPECT_NE(e.out.find("default/pulse"), std::string::npos) << e.out;
  }
  auto e = run("--admin 127.0.0.1:1 explain schedule " + jobs + "handlers.yaml:pulse");
  EXPECT_EQ(e.code, 0) << e.err;
  EXPECT_NE(e.out.find("Meaning:   every 1s"), std::string::npos) << e.out;
}

} // namespace
} // namespace xxl::cli
