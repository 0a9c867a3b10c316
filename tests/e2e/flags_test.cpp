// Every wrong command line of xxl-node ends with a code and a message that names what is wrong.

#include "tests/e2e/harness/nodes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>

namespace xxl::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int wrong_setting = 2, wrong_jobs = 3, wrong_storage = 4, wrong_address = 5;

struct refusal {
  std::string name;
  words flags;
  std::string message; ///< a part of it
  friend void PrintTo(const refusal& r, std::ostream* os) { *os << r.name; }
};

class WrongFlag : public ::testing::TestWithParam<refusal> {};

TEST_P(WrongFlag, IsRefusedWithCodeTwoAndAMessage) {
  workspace place;
  auto end = run_node(place, GetParam().flags);
  EXPECT_EQ(end.code, wrong_setting);
  EXPECT_THAT(end.errors, HasSubstr(GetParam().message));
  EXPECT_THAT(end.output, IsEmpty());
}

const words pg{"--role=admin", "--database=postgresql://xxl:secret@127.0.0.1/xxl"};
words with(words first, const words& more) {
  first.insert(first.end(), more.begin(), more.end());
  return first;
}

const std::vector<refusal> refusals{
    refusal{"Unknown", {"--nonsense=1"}, "--nonsense: unknown flag"},
    refusal{"Misspelt", {"--rolle=admin"}, "did you mean --role?"},
    refusal{"WithoutValue", {"--listen"}, "--listen: its value is missing"},
    refusal{"GivenTwice", {"--role=admin", "--role=executor"}, "--role: given more than once"},
    refusal{"UnknownWord", {"serve"}, "serve"},
    refusal{"Role", {"--role=boss"}, "role"},
    refusal{"ListenElsewhere", {"--listen=0.0.0.0:7788"}, "until TLS comes a node listens on loopback only"},
    refusal{"ListenPort", {"--listen=127.0.0.1:99999"}, "listen"},
    refusal{"AdminWithoutDatabase", {"--role=admin"}, "an admin needs one"},
    refusal{"AdminOnSqlite", {"--role=admin", "--database=sqlite:///tmp/x.db"}, "SQLite is for --role=standalone"},
    refusal{"DatabaseOfAnotherMake", {"--database=mysql://localhost/x"}, "database"},
    refusal{"ExecutorWithoutGroup", {"--role=executor"}, "an executor needs one"},
    refusal{"FlagOfAnotherRole",
            {"--role=executor", "--group=orders", "--lead=50ms"},
            "--lead: not used by --role=executor"},
    refusal{"Admins", {"--role=executor", "--group=orders", "--admins=somewhere"}, "admins"},
    refusal{"Group", {"--group=Orders"}, "group"},
    refusal{"ExecutorName", {"--executor-name="}, "executor-name"},
    refusal{"Node", {"--node="}, "node"},
    refusal{"Data", {"--data="}, "data"},
    refusal{"Jobs", {"--jobs="}, "jobs"},
    refusal{"Timezone", {"--timezone=Mars/Olympus"}, "timezone"},
    refusal{"Threads", {"--threads=1"}, "threads"},
    refusal{"MaxRunning", {"--max-running=0"}, "max-running"},
    refusal{"QueueLimit", {"--queue-limit=many"}, "queue-limit"},
    refusal{"LogLevel", {"--log-level=loud"}, "log-level"},
    refusal{"DurationWithoutUnit", {"--lead=100"}, "lead"},
    refusal{"DurationOutOfRange", {"--misfire-threshold=1ms"}, "misfire-threshold"},
    refusal{"DispatchTimeout", {"--dispatch-timeout=1d"}, "dispatch-timeout"},
    refusal{
        "LeaseShorterThanThreeHeartbeats", {"--lease=5s", "--heartbeat=2s"}, "lease: must be at least 3 heartbeats"},
    refusal{"Heartbeat", {"--heartbeat=1ms"}, "heartbeat"},
    refusal{"ConnectionTimeout", {"--connection-timeout=2s"}, "connection-timeout: must be at least 5 heartbeats"},
    refusal{"PrintRuns", {"--print-runs=perhaps"}, "print-runs"},
    refusal{"ConfigFileMissing", {"--config=nowhere.yaml"}, "nowhere.yaml"}};

INSTANTIATE_TEST_SUITE_P(EachOf, WrongFlag, ::testing::ValuesIn(refusals), [](auto& test) { return test.param.name; });

TEST(CommandLine, EveryFlagThatHelpNamesIsAmongTheWrongOnesAbove) {
  workspace place;
  std::set<std::string> tried;
  for (auto& r : refusals)
    for (auto& flag : r.flags) tried.insert(flag.substr(0, flag.find('=')));
  auto help = run_node(place, {"--help"}).output;
  std::size_t flags = 0;
  const std::regex flag{"(--[a-z-]+)="};
  for (std::sregex_iterator it{help.begin(), help.end(), flag}, end; it != end; ++it, ++flags)
    EXPECT_TRUE(tried.contains((*it)[1])) << (*it)[1];
  EXPECT_GE(flags, 22u);
}

TEST(CommandLine, ASettingsFileIsRefusedWithFileLineAndColumn) {
  workspace place;
  auto file = place.write("node.yaml", "role: standalone\nlisten: 127.0.0.1:0\nleed: 50ms\n").string();
  auto end = run_node(place, {"--config=" + file});
  EXPECT_EQ(end.code, wrong_setting);
  EXPECT_THAT(end.errors, HasSubstr(file + ":3:1: "));
}

TEST(CommandLine, AnEnvironmentVariableIsRefusedByItsName) {
  workspace place;
  auto end = run_node(place, {}, {{"XXL_ROLE", "boss"}});
  EXPECT_EQ(end.code, wrong_setting);
  EXPECT_THAT(end.errors, HasSubstr("XXL_ROLE"));
}

TEST(CommandLine, AJobFileIsRefusedWithFileLineAndColumn) {
  workspace place;
  auto file = place.write("jobs.yaml", "version: 1\ngroups: []\njobs:\n  - name: a\n    grupp: orders\n").string();
  auto end = run_node(place, {"--listen=127.0.0.1:0", "--jobs=" + file});
  EXPECT_EQ(end.code, wrong_jobs);
  EXPECT_THAT(end.errors, HasSubstr(file + ":5:5: "));
}

TEST(CommandLine, AMissingJobFileIsNamed) {
  workspace place;
  auto end = run_node(place, {"--listen=127.0.0.1:0", "--jobs=nowhere"});
  EXPECT_EQ(end.code, wrong_jobs);
  EXPECT_THAT(end.errors, HasSubstr("nowhere"));
}

TEST(CommandLine, AnAddressInUseIsNamed) {
  workspace place;
  auto listen = "--listen=127.0.0.1:" + std::to_string(free_port());
  auto first = start_node(place, {listen, "--data=one"});
  first.wait_line(listen.substr(9));
  auto end = run_node(place, {listen, "--data=two"});
  EXPECT_EQ(end.code, wrong_address);
  EXPECT_THAT(end.errors, HasSubstr("cannot listen on " + listen.substr(9) + ": Address already in use"));
}

TEST(CommandLine, AFileThatIsNoDatabaseIsRefused) {
  workspace place;
  auto file = place.write("xxl.db", std::string(4'096, 'x')).string();
  auto end = run_node(place, {"--listen=127.0.0.1:0", "--database=sqlite://" + file});
  EXPECT_EQ(end.code, wrong_storage);
  EXPECT_THAT(end.errors, HasSubstr("xxl.db"));
}

TEST(CommandLine, ConfigPrintsValueAndOriginAndMasksSecrets) {
  workspace place;
  auto end = run_node(place, with(pg, {"config"}), {{"XXL_LEAD", "50ms"}});
  EXPECT_EQ(end.code, 0) << end.errors;
  EXPECT_THAT(end.output, ::testing::ContainsRegex("lead +50ms +environment XXL_LEAD"));
  EXPECT_THAT(end.output, ::testing::ContainsRegex("role +admin +flag --role"));
  EXPECT_THAT(end.output, ::testing::ContainsRegex("lease +10s +default"));
  EXPECT_THAT(end.output, Not(HasSubstr("secret")));
}

TEST(CommandLine, HelpAndVersionEndWell) {
  workspace place;
  auto help = run_node(place, {"--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.output, HasSubstr("--role"));
  auto version = run_node(place, {"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_THAT(version.output, HasSubstr("0."));
}

} // namespace
} // namespace xxl::e2e
