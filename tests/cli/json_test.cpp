#include "cli/json.hpp"
#include "tests/cli/views.hpp"

#include <gtest/gtest.h>

namespace xxl::cli {
namespace {

using namespace test;

TEST(Json, Trigger) {
  constexpr auto* expected = R"({
  "id": 1042,
  "job": 7,
  "group": "orders",
  "job_name": "close-stale",
  "fire": "2026-12-01T12:00:00.000Z",
  "planned": "2026-12-01T12:00:00.000Z",
  "origin": "",
  "shard": -1,
  "shards": 0,
  "attempt": 2,
  "state": "failed",
  "cause": "retry",
  "reason": "exit_code",
  "session": "9007199254740993",
  "executor": "host-1",
  "version": 3,
  "claimed": "2026-12-01T11:59:59.900Z",
  "sent": null,
  "started": "2026-12-01T12:00:00.003Z",
  "ended": "2026-12-01T12:00:01.503Z",
  "params": "--limit 500",
  "message": "exit code 3\nsee the log"
}
)";
  EXPECT_EQ(json(failed_trigger()), expected);
}

TEST(Json, AJobThatCannotBeUsedHasItsProblemAndWhatIsKnownOfIt) {
  auto text = json(std::vector{unusable_job()});
  EXPECT_NE(text.find(R"("spec": {
      "enabled": true,
      "group": "orders",
      "name": "of-tomorrow"
    })"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find(R"("problem": "stored specification: route \"moon\" is unknown")"), std::string::npos) << text;
}

TEST(Json, AListIsAnArrayAlsoWhenEmpty) {
  EXPECT_EQ(json(std::vector<trigger_view>{}), "[]\n");
  EXPECT_EQ(json(std::vector<instant>{noon}), "[\n  \"2026-12-01T12:00:00.000Z\"\n]\n");
}

TEST(Json, Job) {
  constexpr auto* expected = R"json([
  {
    "id": 8,
    "spec": {
      "block": "serial",
      "enabled": true,
      "group": "orders",
      "misfire": "skip",
      "name": "sweep",
      "owner": "",
      "params": "",
      "route": "round",
      "schedule": {
        "after": 90000
      },
      "script": {
        "language": "python",
        "source": "print(1)"
      },
      "timeout": 0
    },
    "version": 1,
    "paused": false,
    "next": null,
    "last": "2026-12-01T12:00:00.000Z",
    "awaits_end": true,
    "problem": ""
  }
]
)json";
  EXPECT_EQ(json(std::vector{delayed_script()}), expected);
}

TEST(Json, GroupsAndExecutors) {
  group_view g;
  g.id.value = 2;
  g.spec.name = "orders";
  g.spec.addresses = {"host-1"};
  g.jobs = 3;
  constexpr auto* expected = R"([
  {
    "id": 2,
    "spec": {
      "name": "orders",
      "title": "",
      "mode": "auto",
      "addresses": [
        "host-1"
      ]
    },
    "paused": false,
    "executors": 0,
    "jobs": 3
  }
]
)";
  EXPECT_EQ(json(std::vector{g}), expected);
  executor_view x;
  x.session.value = 9'223'372'036'854'775'807;
  x.group = "orders";
  x.name = "host-1";
  x.state = "live";
  x.started = noon;
  x.lease_until = noon;
  constexpr auto* expected1 = R"([
  {
    "session": "9223372036854775807",
    "group": "orders",
    "name": "host-1",
    "address": "",
    "version": "",
    "state": "live",
    "started": "2026-12-01T12:00:00.000Z",
    "lease_until": "2026-12-01T12:00:00.000Z",
    "connected": false
  }
]
)";
  EXPECT_EQ(json(std::vector{x}), expected1);
}

TEST(Json, AnswersToActs) {
  EXPECT_EQ(json(trigger_receipt{trigger_id{5}, noon, true}),
            "{\n  \"trigger\": 5,\n  \"fire\": \"2026-12-01T12:00:00.000Z\",\n  \"repeated\": true\n}\n");
  EXPECT_EQ(json(pause_answer{true, {}}), "{\n  \"changed\": true,\n  \"next\": null\n}\n");
  EXPECT_EQ(json(kill_answer{3, 2, 0, {}}),
            "{\n  \"waiting\": 3,\n  \"sent\": 2,\n  \"before\": 0,\n  \"final\": null\n}\n");
}

TEST(Json, Stats) {
  node_stats s;
  s.node = "admin-1";
  s.epoch.value = 4;
  s.values = {{"ring.entries", 5}};
  constexpr auto* expected = R"({
  "node": "admin-1",
  "leads": false,
  "epoch": 4,
  "values": {
    "ring.entries": 5
  }
}
)";
  EXPECT_EQ(json(s), expected);
}

TEST(Json, Changes) {
  std::vector<apply_change> changes{{"job", "orders", "a", "created", ""}};
  change_counts n;
  n.add(changes[0]);
  constexpr auto* expected = R"({
  "changes": [
    {
      "kind": "job",
      "group": "orders",
      "name": "a",
      "change": "created",
      "detail": ""
    }
  ],
  "summary": {
    "created": 1,
    "changed": 0,
    "unchanged": 0,
    "failed": 0
  }
}
)";
  EXPECT_EQ(json(changes, n), expected);
}

TEST(Json, ALogLineIsOneLineEvenIfItIsNotUtf8) {
  EXPECT_EQ(json_line(3, "a\"b\xff"), "{\"line\":3,\"text\":\"a\\\"b\xef\xbf\xbd\"}\n");
}

TEST(Json, JobInDetailHasTheFieldsOfTheMessage) {
  job_detail d;
  d.job = delayed_script();
  d.next_fires = {noon};
  d.gaps = {{noon, noon, 1, noon, state_reason::misfire}};
  auto text = json(d);
  for (auto key : {"\"job\": {", "\"group_paused\": false", "\"next_fires\": [", "\"triggers\": []", "\"gaps\": [",
                   "\"reason\": \"misfire\""})
    EXPECT_NE(text.find(key), std::string::npos) << key << " in\n" << text;
}

} // namespace
} // namespace xxl::cli
