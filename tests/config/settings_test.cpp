#include "config/secrets.hpp"
#include "config/settings.hpp"

#include <gtest/gtest.h>

#include <map>

namespace {

using namespace std::chrono_literals;
using namespace xxl::config;

/// A node's surroundings in memory.
struct surroundings {
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;
  std::map<std::string, std::string> files;

  settings_result resolve() const {
    settings_sources sources;
    sources.arguments = arguments;
    sources.environment = [this](const std::string& name) {
      auto it = environment.find(name);
      return it == environment.end() ? std::nullopt : std::optional{it->second};
    };
    sources.read_file = [this](const std::string& path) {
      auto it = files.find(path);
      return it == files.end() ? file_text{{}, "no such file"} : file_text{it->second, {}};
    };
    sources.machine = {"host", "/work dir", 4, 4711};
    return resolve_settings(sources);
  }
};

settings good(const surroundings& s) {
  auto result = s.resolve();
  EXPECT_EQ(result.errors, std::vector<std::string>{});
  return result.values;
}

std::vector<std::string> errors(const std::vector<std::string>& arguments) {
  return surroundings{arguments, {}, {}}.resolve().errors;
}

std::vector<std::string> file_errors(const std::string& text) {
  return surroundings{{"--config=node.yaml"}, {}, {{"node.yaml", text}}}.resolve().errors;
}

/// "value (origin)".
std::string shown(const surroundings& s, const std::string& name) {
  for (auto& x : s.resolve().origins)
    if (x.name == name) return x.value + " (" + x.origin + ")";
  return "no such setting";
}

using texts = std::vector<std::string>;

TEST(Settings, WithNothingSaidANodeIsStandalone) {
  auto s = good({});
  EXPECT_EQ(s.role, node_role::standalone);
  EXPECT_EQ(s.config, "");
  EXPECT_EQ(s.node, "host-7788");
  EXPECT_EQ(s.listen, (xxl::endpoint{"127.0.0.1", 7788}));
  EXPECT_EQ(s.data, "/work dir/data");
  EXPECT_EQ(s.database, "sqlite:///work dir/data/xxl.db");
  EXPECT_EQ(s.jobs, texts{});
  EXPECT_EQ(s.timezone, "UTC");
  EXPECT_EQ(s.admins, (std::vector<xxl::endpoint>{{"127.0.0.1", 7788}}));
  EXPECT_EQ(s.group, "default");
  EXPECT_EQ(s.max_running, 64u);
  EXPECT_EQ(s.queue_limit, 1'000u);
  EXPECT_EQ(s.level, log_level::info);
  EXPECT_EQ(s.threads, 4u);
  EXPECT_EQ(s.misfire_threshold, 5s);
  EXPECT_EQ(s.lead, 100ms);
  EXPECT_EQ(s.dispatch_timeout, 10s);
  EXPECT_EQ(s.lease, 10s);
  EXPECT_EQ(s.heartbeat, 1s);
  EXPECT_EQ(s.connection_timeout, 5s);
  EXPECT_FALSE(s.print_runs);
}

TEST(Settings, AFlagWinsOverTheEnvironmentThatWinsOverTheFileThatWinsOverTheDefault) {
  surroundings s;
  EXPECT_EQ(shown(s, "lease"), "10s (default)");
  s.files["node.yaml"] = "heartbeat: 2s\nlease: 20s\n";
  s.environment["XXL_CONFIG"] = "node.yaml";
  s.environment["XXL_CONNECTION_TIMEOUT"] = "30s";
  EXPECT_EQ(shown(s, "lease"), "20s (node.yaml:2:8)");
  s.environment["XXL_LEASE"] = "30s";
  EXPECT_EQ(shown(s, "lease"), "30s (environment XXL_LEASE)");
  s.arguments = {"--lease=40s"};
  EXPECT_EQ(shown(s, "lease"), "40s (flag --lease)");
  EXPECT_EQ(shown(s, "config"), "node.yaml (environment XXL_CONFIG)");
  EXPECT_EQ(good(s).lease, 40s);
}

TEST(Settings, FlagsTakeTheirValueAfterEqualsOrAsTheNextArgument) {
  surroundings s{{"--jobs", "a,b", "config", "--jobs=c", "--print-runs", "--", "--lease"}, {}, {}};
  EXPECT_EQ(good(s).jobs, (texts{"a", "b", "c"}));
  EXPECT_TRUE(good(s).print_runs);
  EXPECT_EQ(s.resolve().words, (texts{"config", "--lease"}));
  EXPECT_FALSE(s.resolve().help);
  EXPECT_TRUE((surroundings{{"--help"}, {}, {}}.resolve().help));
  EXPECT_TRUE((surroundings{{"-h"}, {}, {}}.resolve().help));
  EXPECT_TRUE((surroundings{{"--version"}, {}, {}}.resolve().version));
}

TEST(Settings, ListsInAFileMayBeListsOrCommas) {
  surroundings s{{"--config=node.yaml"},
                 {},
                 {{"node.yaml", "role: executor\ngroup: orders\nadmins: [127.0.0.1:1, \"[::1]:2\"]\n"}}};
  EXPECT_EQ(good(s).admins, (std::vector<xxl::endpoint>{{"127.0.0.1", 1}, {"::1", 2}}));
  s.files["node.yaml"] = "role: executor\ngroup: orders\nadmins: 127.0.0.1:1,localhost:2\n";
  EXPECT_EQ(good(s).admins, (std::vector<xxl::endpoint>{{"127.0.0.1", 1}, {"localhost", 2}}));
  EXPECT_EQ(shown(s, "admins"), "127.0.0.1:1,localhost:2 (node.yaml:3:9)");
}

TEST(Settings, AnEmptyVariableCountsAsUnset) {
  EXPECT_EQ(shown({{}, {{"XXL_LEASE", ""}}, {}}, "lease"), "10s (default)");
}

TEST(Settings, ExecutorsAreNamedAfterHostAndDataSoThatARestartKeepsTheName) {
  auto name = [](const std::string& data) {
    return good({{"--role=executor", "--group=orders", "--data=" + data}, {}, {}}).executor_name;
  };
  EXPECT_EQ(name("/var/lib/xxl"), "host-18a352ea"); // in databases and journals: it must not change
  EXPECT_EQ(name("/var/lib/xxl/"), name("/var/lib/xxl"));
  EXPECT_EQ(name("/var/lib/../lib/xxl"), name("/var/lib/xxl"));
  EXPECT_NE(name("/var/lib/xxl2"), name("/var/lib/xxl"));
}

TEST(Settings, NodeNamesDifferOnOneHost) {
  EXPECT_EQ(good({{"--listen=127.0.0.1:0"}, {}, {}}).node, "host-4711");
  EXPECT_EQ(good({{"--role=executor", "--group=orders"}, {}, {}}).node, "host");
  EXPECT_EQ(good({{"--node=mine"}, {}, {}}).node, "mine");
}

TEST(Settings, RolesNeedTheirOwn) {
  EXPECT_EQ(errors({"--role=admin"}),
            texts{"database: an admin needs one: --database=postgresql://USER:PASSWORD@HOST/NAME, or XXL_DATABASE, or "
                  "in the settings file"});
  EXPECT_EQ(errors({"--role=admin", "--database=sqlite://x"}),
            texts{"database: SQLite is for --role=standalone: an admin needs postgresql://"});
  EXPECT_EQ(errors({"--role=admin", "--database=postgresql://h/db"}), texts{});
  EXPECT_EQ(errors({"--role=executor"}),
            texts{"group: an executor needs one: --group=NAME, or XXL_GROUP, or in the settings file"});
  EXPECT_EQ(errors({"--role=executor", "--group=orders", "--listen=127.0.0.1:1"}),
            texts{"--listen: not used by --role=executor, only by standalone, admin"});
  EXPECT_EQ(errors({"--admins=127.0.0.1:1"}), texts{"--admins: not used by --role=standalone, only by executor"});
}

TEST(Settings, OnlyLoopbackUntilTlsComes) {
  EXPECT_EQ(errors({"--listen=0.0.0.0:7788"}), texts{"--listen=0.0.0.0:7788: \"0.0.0.0:7788\" is not a loopback "
                                                     "address: until TLS comes a node listens on loopback only"});
  EXPECT_EQ(errors({"--listen=127.example.org:1"}).size(), 1u);
  for (auto fine : {"localhost:7788", "[::1]:7788", "127.0.0.2:1"})
    EXPECT_EQ(errors({std::string{"--listen="} + fine}), texts{});
}

TEST(Settings, EachWrongFlagIsNamed) {
  EXPECT_EQ(
      errors({"--lisen=x", "--frobnicate", "-x", "--lease"}),
      (texts{"--lisen: unknown flag; did you mean --listen?", "--frobnicate: unknown flag; --help lists all flags",
             "-x: unknown flag; --help lists all flags", "--lease: its value is missing: write --lease=DURATION"}));
  EXPECT_EQ(errors({"--lease=10s", "--lease=20s"})[0], "--lease: given more than once");
}

TEST(Settings, EachWrongValueIsNamed) {
  auto error = [](const std::string& flag) {
    auto found = errors({flag});
    return found.size() == 1 ? found[0] : std::to_string(found.size()) + " errors";
  };
  EXPECT_EQ(error("--role=boss"), "--role=boss: \"boss\" is unknown; known are standalone, admin, executor");
  EXPECT_EQ(error("--role=excutor"), "--role=excutor: \"excutor\" is unknown; did you mean \"executor\"?");
  EXPECT_EQ(
      error("--node=a b"),
      "--node=a b: \"a b\" is not a name: 1 to 128 of A-Z, a-z, 0-9, ., _ and -, beginning with a letter or a digit");
  EXPECT_EQ(error("--listen=7788"), "--listen=7788: \"7788\" is not HOST:PORT, such as 127.0.0.1:7788 or [::1]:7788");
  EXPECT_EQ(error("--listen=::1:7788"),
            "--listen=::1:7788: \"::1:7788\" is not HOST:PORT, such as 127.0.0.1:7788 or [::1]:7788");
  EXPECT_EQ(error("--listen=127.0.0.1:65536"),
            "--listen=127.0.0.1:65536: \"127.0.0.1:65536\" has a port out of range: 0 to 65535");
  EXPECT_EQ(error("--data="), "--data=: empty");
  EXPECT_EQ(error("--jobs=a,,b"), "--jobs=a,,b: an empty path");
  EXPECT_EQ(
      error("--timezone=Asia/Shangai"),
      "--timezone=Asia/Shangai: \"Asia/Shangai\" is an unknown zone: write an IANA name such as Asia/Shanghai, or UTC");
  EXPECT_EQ(error("--group=abc"),
            "--group=abc: \"abc\" is not a group's name: 4 to 64 of a-z, 0-9 and -, beginning with a letter");
  EXPECT_EQ(error("--max-running=0"), "--max-running=0: \"0\" is not a whole number from 1 to 10000");
  EXPECT_EQ(error("--threads=1"), "--threads=1: \"1\" is not a whole number from 2 to 1024");
  EXPECT_EQ(error("--queue-limit=10k"), "--queue-limit=10k: \"10k\" is not a whole number from 1 to 100000");
  EXPECT_EQ(error("--log-level=verbose"),
            "--log-level=verbose: \"verbose\" is unknown; known are trace, debug, info, warn, error");
  EXPECT_EQ(error("--lead=10"),
            "--lead=10: duration \"10\" has no unit: write 10s for seconds, or 10ms, 10m, 10h, 10d");
  EXPECT_EQ(error("--lead=2s"), "--lead=2s: 2s is out of range: 10ms to 1s");
  EXPECT_EQ(error("--print-runs=yes"), "--print-runs=yes: \"yes\" is neither true nor false");
  EXPECT_EQ(error("--database=mysql://h"),
            "--database=...: not a database: write sqlite://PATH or postgresql://USER:PASSWORD@HOST/NAME");
  EXPECT_EQ(error("--database=sqlite://"), "--database=...: nothing follows sqlite://");
  EXPECT_EQ(error("--lease=2s"), "--lease=2s: 2s is out of range: 5s to 10m");
  EXPECT_EQ(errors({"--lease=5s", "--heartbeat=2s", "--connection-timeout=10s"}),
            texts{"lease: must be at least 3 heartbeats: raise lease, or lower heartbeat"});
  EXPECT_EQ(error("--connection-timeout=4s"),
            "connection-timeout: must be at least 5 heartbeats: raise connection-timeout, or lower heartbeat");
}

TEST(Settings, AWrongVariableIsNamedToo) {
  EXPECT_EQ((surroundings{{}, {{"XXL_MAX_RUNNING", "many"}}, {}}.resolve().errors),
            texts{"XXL_MAX_RUNNING=many: \"many\" is not a whole number from 1 to 10000"});
}

TEST(Settings, AWrongFileIsShownWithItsPlaces) {
  EXPECT_EQ(errors({"--config=gone.yaml"}), texts{"gone.yaml: no such file"});
  EXPECT_EQ(
      file_errors("lese: 10s\nlead: 5\nconfig: x\njobs: {}\nmax-running: [1]\n"),
      (texts{
          "node.yaml:1:1: unknown key \"lese\" in a settings file; did you mean \"lease\"?\nlese: 10s\n^",
          "node.yaml:2:7: lead: duration \"5\" has no unit: write 5s for seconds, or 5ms, 5m, 5h, 5d\nlead: 5\n      ^",
          "node.yaml:3:1: \"config\" does not stand in a settings file itself: write the flag --config or XXL_CONFIG: "
          "it names "
          "this very file\nconfig: x\n^",
          "node.yaml:4:7: jobs: expected text, found a mapping\njobs: {}\n      ^",
          "node.yaml:5:14: max-running: expected text, found a list\nmax-running: [1]\n             ^"}));
}

TEST(Settings, APasswordIsNeverShown) {
  const std::string url = "postgresql://xxl:s3cret@h/db?password=s3cret&sslpassword=s3cret&x=1";
  surroundings s{{"--database=" + url}, {}, {}};
  EXPECT_EQ(shown(s, "database"), "postgresql://xxl:***@h/db?password=***&sslpassword=***&x=1 (flag --database)");
  EXPECT_EQ(good(s).database, url);
  for (auto& text : {file_errors("databse: " + url + "\n"), file_errors("database: [" + url + "]\n"),
                     file_errors("database: *" + url), errors({"--database=mysql://u:s3cret@h"}),
                     file_errors("database: \"mysql://u:s3cret@h\"\nx: 1")}) {
    ASSERT_FALSE(text.empty());
    for (auto& line : text) EXPECT_EQ(line.find("s3cret"), std::string::npos) << line;
  }
}

TEST(Secrets, AnUnencodedPasswordIsMaskedWhole) {
  EXPECT_EQ(mask_secrets("postgresql://u:p@ss/w?rd@h/db"), "postgresql://u:***@h/db");
  EXPECT_EQ(mask_secrets("postgresql://u@h/db"), "postgresql://u@h/db");
  EXPECT_EQ(mask_secrets("sqlite:///data/xxl.db"), "sqlite:///data/xxl.db");
  EXPECT_EQ(mask_secrets("postgresql://h/db?PASSWORD=x"), "postgresql://h/db?PASSWORD=***");
}

TEST(Settings, ConfigPrintsNameValueAndOriginInColumns) {
  EXPECT_EQ(describe({{"role", "admin", "flag --role"}, {"config", "", "default"}}),
            "SETTING  VALUE  ORIGIN\nrole     admin  flag --role\nconfig   -      default\n");
}

TEST(Settings, HelpNamesEveryFlag) {
  auto help = settings_help();
  for (auto& x : surroundings{}.resolve().origins)
    EXPECT_NE(help.find("--" + x.name + "="), std::string::npos) << x.name;
}

} // namespace
