#include "config/job_reader.hpp"

#include "config/file_text.hpp"
#include "config/schedule_reader.hpp"
#include "config/yaml_reader.hpp"
#include "protocol/limits.hpp"
#include "protocol/utf8.hpp"
#include "protocol/validate.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <unordered_map>

namespace xxl::config {
namespace {

using namespace std::chrono_literals;
using std::string_view;
namespace fs = std::filesystem;

constexpr std::array<string_view, 4> file_keys{"version", "calendars", "groups", "jobs"};
constexpr std::array<string_view, 2> file_later{"alarms", "defaults"};

constexpr std::array<string_view, 3> group_keys{"name", "title", "addresses"};
constexpr std::array<string_view, 4> group_later{"labels", "alarm", "alarms", "limits"};

constexpr std::array<string_view, 16> job_keys{
    "name",    "group",   "schedule", "handler", "script",  "params",   "route",       "block",
    "misfire", "timeout", "owner",    "enabled", "retries", "retry_on", "misfire_cap", "misfire_deadline"};
constexpr std::array<string_view, 15> job_later{"retry_delay", "backoff",  "alarm",   "alarms",           "needs",
                                                "depends_on",  "children", "require", "labels",           "parallel",
                                                "scope",       "limits",   "shards",  "dispatch_timeout", "retention"};
constexpr std::array<std::pair<string_view, string_view>, 20> job_elsewhere{{
    {"cron", "schedule: {cron: ...}"},
    {"timezone", "schedule: {cron: ..., timezone: ...}"},
    {"every", "schedule: {every: ...}"},
    {"after", "schedule: {after: ...}"},
    {"at", "schedule: {at: ...}"},
    {"start", "schedule: {every: ..., start: ...}"},
    {"dialect", "schedule: {cron: ..., dialect: ...}"},
    {"dst", "schedule: {cron: ..., dst: ...}"},
    {"gap", "schedule: {cron: ..., gap: ...}"},
    {"overlap", "schedule: {cron: ..., overlap: ...}"},
    {"from", "schedule: {..., from: ...}"},
    {"until", "schedule: {..., until: ...}"},
    {"max_runs", "schedule: {..., max_runs: ...}"},
    {"jitter", "schedule: {..., jitter: ...}"},
    {"calendar", "schedule: {..., calendar: NAME}"},
    {"calendars", "schedule: {..., calendar: NAME}"},
    {"on_excluded", "schedule: {..., calendar: NAME, on_excluded: ...}"},
    {"language", "script: {language: ...}"},
    {"source", "script: {source: ...}"},
    {"file", "script: {file: ...}"},
}};

constexpr std::array<string_view, 3> script_keys{"language", "source", "file"};
constexpr std::array<string_view, 4> script_later{"args", "env", "limits", "workdir"};

constexpr std::array<string_view, 6> routes_later{"consistent_hash", "lfu",      "lru",
                                                  "failover",        "busyover", "sharding_broadcast"};
constexpr std::array<string_view, 3> blocks_later{"discard_later", "cover_early", "parallel"};
constexpr std::array<string_view, 4> languages_later{"node", "php", "powershell", "cpp"};

class job_file_reader {
public:
  job_file_reader(const source_text& source, const std::string& default_timezone, problem_list& problems)
      : in_{source, problems}, default_timezone_{default_timezone} {}

  job_file read(const yaml_node& root) {
    job_file out;
    if (root.what == yaml_node::kind::mapping && !version(root)) return out;
    if (!in_.mapping(root, {"a job file", file_keys, file_later})) return out;
    if (auto* calendars = root.find("calendars")) out.calendars = read_calendars(in_, *calendars);
    if (auto* groups = root.find("groups"); groups && in_.list(*groups, "groups"))
      for (auto& item : groups->items) group(*item, out.groups);
    if (auto* jobs = root.find("jobs"); jobs && in_.list(*jobs, "jobs"))
      for (auto& item : jobs->items) job(*item, out.jobs);
    return out;
  }

private:
  /// False if the file is of a version whose other keys we do not know.
  bool version(const yaml_node& root) {
    auto* node = root.find("version");
    if (!node) {
      in_.fail(root, "a job file has no version: begin it with \"version: 1\"");
      return true;
    }
    if (node->is_scalar() && node->plain && node->text == "1") return true;
    in_.fail(*node, "version: expected 1, found " + describe(*node));
    return false;
  }

  std::optional<std::string> group_name(const yaml_node& node, string_view key) {
    auto name = in_.text(node, key, 4'096);
    if (name && !is_group_name(*name)) {
      in_.fail(node, std::string{key} + ": \"" + name->substr(0, 64) +
                         "\" is not a group's name: 4 to 64 of a-z, 0-9 and -, beginning with a letter");
      return std::nullopt;
    }
    return name;
  }

  void group(const yaml_node& node, std::vector<declared_group>& out) {
    auto before = in_.failures();
    if (!in_.mapping(node, {"a group", group_keys, group_later})) return;
    declared_group group;
    if (auto* name = in_.required(node, "name", "a group")) {
      group.spec.name = group_name(*name, "name").value_or("");
      group.name_at = name->where;
    }
    if (auto* title = node.find("title"))
      group.spec.title = in_.label(*title, "title", limits::name_bytes).value_or("");
    if (auto* addresses = node.find("addresses")) read_addresses(*addresses, group.spec);
    group.whole = in_.failures() == before;
    if (!group.spec.name.empty()) out.push_back(std::move(group));
  }

  void read_addresses(const yaml_node& node, group_spec& group) {
    if (node.is_scalar() && node.text == "auto") return;
    if (node.what != yaml_node::kind::sequence)
      return in_.fail(node, "addresses: expected auto or a list of executor names, found " + describe(node));
    if (node.items.empty())
      return in_.fail(node, "addresses: the list is empty, so nothing could run: name executors, or write auto");
    if (node.items.size() > limits::batch_items)
      return in_.fail(node, "addresses: " + std::to_string(node.items.size()) + " names, at most " +
                                std::to_string(limits::batch_items) + " are allowed");
    group.mode = address_mode::fixed;
    std::unordered_map<std::string, position> seen;
    for (auto& item : node.items) {
      auto name = in_.label(*item, "addresses", limits::name_bytes);
      if (!name) continue;
      if (name->starts_with("http://") || name->starts_with("https://")) {
        in_.fail(*item, "addresses: executors reached over HTTP are not supported yet: name CAF executors");
      } else if (auto [first, fresh] = seen.emplace(*name, item->where); !fresh) {
        in_.fail(*item, "addresses: \"" + *name + "\" is there twice; first at " + in_.source().locate(first->second));
      } else {
        group.addresses.push_back(std::move(*name));
      }
    }
  }

  void job(const yaml_node& node, std::vector<declared_job>& out) {
    auto before = in_.failures();
    if (!in_.mapping(node, {"a job", job_keys, job_later, job_elsewhere})) return;
    declared_job job;
    names(node, job);
    if (auto* schedule = node.find("schedule"))
      if (auto read = read_schedule(in_, *schedule, default_timezone_)) {
        job.spec.schedule = std::move(read->spec);
        job.calendar = std::move(read->calendar);
      }
    work(node, job.spec);
    options(node, job.spec);
    job.whole = in_.failures() == before;
    if (!job.spec.name.empty() && !job.spec.group.empty()) out.push_back(std::move(job));
  }

  void names(const yaml_node& node, declared_job& job) {
    if (auto* name = in_.required(node, "name", "a job")) {
      job.name_at = name->where;
      job.spec.name = in_.text(*name, "name", 4'096).value_or("");
      if (!is_job_name(job.spec.name) && name->is_scalar()) {
        in_.fail(
            *name,
            "name: \"" + job.spec.name.substr(0, 64) +
                "\" is not a job's name: 1 to 128 of A-Z, a-z, 0-9, ., _ and -, beginning with a letter or a digit");
        job.spec.name.clear();
      }
    }
    auto owner = job.spec.name.empty() ? "a job" : "job \"" + job.spec.name + "\"";
    if (auto* group = in_.required(node, "group", owner)) {
      job.group_at = group->where;
      job.spec.group = group_name(*group, "group").value_or("");
    }
  }

  void work(const yaml_node& node, job_spec& job) {
    auto* handler = node.find("handler");
    auto* script = node.find("script");
    if (handler && script) {
      in_.fail(*script, "a job has either a handler or a script: \"handler\" is there already");
    } else if (handler) {
      job.work = handler_work{in_.label(*handler, "handler", limits::name_bytes).value_or("")};
    } else if (script) {
      job.work = read_script(*script);
    } else {
      in_.fail(node,
               "a job has neither handler nor script: write handler: NAME, or script: {language: shell, source: ...}");
    }
  }

  script_work read_script(const yaml_node& node) {
    script_work script;
    if (!in_.mapping(node, {"a script", script_keys, script_later})) return script;
    auto* source = node.find("source");
    auto* file = node.find("file");
    if (source && file) {
      in_.fail(*file, "a script has either source or file: \"source\" is there already");
    } else if (source) {
      script.source = script_source(*source);
    } else if (file) {
      script.source = script_file(*file);
    } else {
      in_.fail(node, "a script has neither source nor file");
    }
    if (auto* language = node.find("language")) {
      script.language = in_.name<script_language>(*language, "language", languages_later).value_or(script.language);
    } else if (file && file->is_scalar() && file->text.ends_with(".py")) {
      script.language = script_language::python;
    } else if (!file || !file->is_scalar() || !file->text.ends_with(".sh")) {
      in_.fail(node, "a script has no language: write shell or python (a file ending in .sh or .py says it itself)");
    }
    return script;
  }

  std::string script_source(const yaml_node& node) {
    auto text = in_.text(node, "source", limits::script_bytes);
    if (text && text->empty()) in_.fail(node, "source: the script is empty");
    return text.value_or("");
  }

  std::string script_file(const yaml_node& node) {
    auto name = in_.text(node, "file", 4'096);
    if (!name) return {};
    auto path = fs::path{in_.source().name()}.parent_path() / *name;
    auto found = read_file(path, limits::script_bytes);
    auto why = found.error;
    if (why.empty() && found.text.empty()) why = "the script is empty";
    if (auto bad = first_non_text(found.text); why.empty() && bad)
      why = "not text: byte " + std::to_string(*bad + 1) + " is NUL or not UTF-8";
    if (why.empty()) return std::move(found.text);
    in_.fail(node, "file: " + path.string() + ": " + why);
    return {};
  }

  void options(const yaml_node& node, job_spec& job) {
    if (auto* params = node.find("params")) job.params = in_.text(*params, "params", limits::params_bytes).value_or("");
    if (auto* route = node.find("route")) {
      if (route->what == yaml_node::kind::sequence)
        in_.fail(*route, "route: a chain of routes is not supported yet: name one");
      else
        job.route = in_.name<route_strategy>(*route, "route", routes_later).value_or(job.route);
    }
    if (auto* block = node.find("block"))
      job.block = in_.name<block_strategy>(*block, "block", blocks_later).value_or(job.block);
    misfire(node, job);
    if (auto* timeout = node.find("timeout"); timeout && !(timeout->is_scalar() && timeout->text == "none"))
      job.timeout = in_.duration(*timeout, "timeout", 1ms).value_or(0ms);
    retry(node, job.retry);
    if (auto* owner = node.find("owner")) job.owner = in_.label(*owner, "owner", limits::name_bytes).value_or("");
    if (auto* enabled = node.find("enabled")) job.enabled = in_.boolean(*enabled, "enabled").value_or(true);
  }

  void misfire(const yaml_node& node, job_spec& job) {
    if (auto* policy = node.find("misfire"))
      job.misfire = in_.name<misfire_policy>(*policy, "misfire", {}).value_or(job.misfire);
    if (auto* cap = node.find("misfire_cap")) {
      if (job.misfire != misfire_policy::fire_all)
        in_.fail(*cap, "misfire_cap: stands only with misfire: fire_all");
      else
        job.misfire_cap = static_cast<std::int32_t>(
            in_.number(*cap, "misfire_cap", 1, job_spec::most_misfire_cap).value_or(job.misfire_cap));
    }
    if (auto* deadline = node.find("misfire_deadline"))
      job.misfire_deadline = in_.duration(*deadline, "misfire_deadline", 1s).value_or(0ms);
  }

  void retry(const yaml_node& node, retry_rule& rule) {
    if (auto* retries = node.find("retries"))
      rule.retries = static_cast<std::int16_t>(in_.number(*retries, "retries", 0, retry_rule::most).value_or(0));
    auto* on = node.find("retry_on");
    if (!on) return;
    if (!node.find("retries"))
      return in_.fail(*on, "retry_on: there are no retries: write retries: N, or leave it out");
    if (!in_.list(*on, "retry_on")) return;
    if (on->items.empty())
      return in_.fail(*on, "retry_on: the list is empty, so no attempt would follow: leave retries out");
    rule.on_failed = rule.on_timed_out = rule.on_lost = false;
    for (auto& item : on->items)
      if (auto end = in_.text(*item, "retry_on", limits::name_bytes)) retry_on(*item, *end, rule);
  }

  void retry_on(const yaml_node& node, const std::string& end, retry_rule& rule) {
    constexpr std::array<string_view, 3> ends{"failed", "timed_out", "lost"};
    const std::array<bool*, 3> flags{&rule.on_failed, &rule.on_timed_out, &rule.on_lost};
    auto it = std::find(ends.begin(), ends.end(), end);
    if (it == ends.end())
      return in_.fail(node, "retry_on: \"" + end.substr(0, 64) + "\" is none of failed, timed_out, lost");
    auto& flag = *flags[static_cast<std::size_t>(it - ends.begin())];
    if (flag) in_.fail(node, "retry_on: \"" + end + "\" is there twice");
    flag = true;
  }

  yaml_reader in_;
  const std::string& default_timezone_;
};

} // namespace

job_file read_job_file(const source_text& source, const std::string& default_timezone, problem_list& problems) {
  auto root = parse_yaml(source, problems);
  if (!root) return {};
  return job_file_reader{source, default_timezone, problems}.read(*root);
}

} // namespace xxl::config
