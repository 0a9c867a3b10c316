#include "cli/options.hpp"

#include "config/duration.hpp"
#include "config/instant.hpp"
#include "protocol/enums.hpp"
#include "protocol/limits.hpp"
#include "protocol/utf8.hpp"
#include "protocol/validate.hpp"
#include "schedule/timetable.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <sstream>
#include <utility>

namespace xxl::cli {
namespace {

constexpr const char* default_admin = "127.0.0.1:7788";
constexpr std::size_t most_rows = 100'000;

constexpr const char* footer = R"(
JOB is group/name, or name alone where only one group has it. Times are RFC 3339 with a zone.

Exit codes: 0 done · 1 the request failed, or the audit found errors · 2 wrong usage · 3 invalid files or cron expression
            4 no admin reachable · 5 no such group, job or trigger · 6 no answer in time: the step may have happened)";

[[noreturn]] void wrong(const std::string& text) { throw failure{exit_code::usage, text}; }

job_ref job_named(const std::string& text) {
  auto slash = text.find('/');
  job_ref ref;
  if (slash != std::string::npos) ref.group = text.substr(0, slash);
  ref.name = slash == std::string::npos ? text : text.substr(slash + 1);
  if (!is_job_name(ref.name) || (slash != std::string::npos && !is_group_name(ref.group)))
    wrong("\"" + text + "\" is not a job: write group/name, or name alone where it is unique");
  return ref;
}

std::string group_named(const std::string& text) {
  if (!text.empty() && !is_group_name(text))
    wrong("\"" + text + "\" is not a group name: a-z, then a-z, 0-9 and -, 4 to 64 characters");
  return text;
}

/// A job to narrow a list to: --job may name the group too, --group may stand alone.
job_ref filter(const std::string& group, const std::string& job) {
  auto ref = job.empty() ? job_ref{} : job_named(job);
  if (!group.empty() && !ref.group.empty() && ref.group != group)
    wrong("--group " + group + " and --job " + job + " name different groups");
  if (!group.empty()) ref.group = group_named(group);
  return ref;
}

trigger_id trigger_named(const std::string& text) {
  std::int64_t id = 0;
  auto end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, id);
  if (error != std::errc{} || rest != end || id <= 0 || id >= std::int64_t{1} << 53)
    wrong("\"" + text + "\" is not a trigger: its id is a whole number above 0");
  return trigger_id{id};
}

std::optional<instant> time_given(const char* option, const std::string& text) {
  if (text.empty()) return std::nullopt;
  auto time = config::parse_instant(text);
  if (auto* why = std::get_if<std::string>(&time)) wrong(std::string{option} + ": " + *why);
  return std::get<instant>(time);
}

std::optional<trigger_state> state_named(const std::string& text) {
  if (text.empty()) return std::nullopt;
  if (auto state = from_name<trigger_state>(text)) return state;
  wrong("\"" + text + "\" is not a state; states are " + names_of<trigger_state>());
}

std::string zone_named(const std::string& text) {
  if (!schedule::is_zone(text)) wrong("--timezone: the zone data of this machine knows no \"" + text + "\"");
  return text;
}

std::chrono::milliseconds duration_named(const std::string& text) {
  auto duration = config::parse_duration(text);
  if (auto* why = std::get_if<std::string>(&duration)) wrong("--duration: " + *why);
  return std::get<std::chrono::milliseconds>(duration);
}

/// Of the words that may name a job or job files: these are files.
bool is_file_name(const std::string& word) {
  return word.ends_with(".yaml") || word.ends_with(".yml") || word.ends_with("/");
}

/// JOB, or FILE:JOB.
explained_job explained_job_named(const std::string& word) {
  auto colon = word.rfind(':'); // no name of a job has one
  if (colon == std::string::npos) return {{}, job_named(word)};
  if (colon == 0) wrong("\"" + word + "\" names no file before the colon");
  return {word.substr(0, colon), job_named(word.substr(colon + 1))};
}

std::vector<endpoint> admins_of(std::vector<std::string> given, const std::string& environment) {
  if (given.empty()) {
    std::istringstream list{environment};
    for (std::string one; std::getline(list, one, ',');)
      if (!one.empty()) given.push_back(one);
  }
  if (given.empty()) given.emplace_back(default_admin);
  std::vector<endpoint> admins;
  for (auto& text : given) {
    auto where = parse_endpoint(text);
    if (auto* why = std::get_if<std::string>(&where)) wrong("admin " + *why);
    admins.push_back(std::move(std::get<endpoint>(where)));
  }
  return admins;
}

CLI::Validator text_of_at_most(std::size_t bytes) {
  auto problem = [bytes](const std::string& text) -> std::string {
    if (text.size() > bytes) return "longer than " + std::to_string(bytes) + " bytes";
    if (auto bad = first_non_text(text)) return "not UTF-8: byte " + std::to_string(*bad + 1);
    return {};
  };
  return CLI::Validator{problem, ""};
}

/// Declares the verbs; after a parse, `chosen` tells what was meant.
class command_line {
public:
  command_line() {
    app_.require_subcommand(1);
    app_.footer(footer);
    app_.set_help_all_flag("--help-all", "Print the help of all verbs and exit");
    app_.fallthrough();
    app_.add_option("--admin", admins_,
                    "Admins to try in turn, host:port (XXL_ADMIN; " + std::string{default_admin} + ")")
        ->delimiter(',')
        ->allow_extra_args(false);
    app_.add_option("-o,--output", output_, "table or json")
        ->check(CLI::IsMember({"table", "json"}))
        ->capture_default_str();
    files("validate", "Check job files, without any admin", [this] {
      what_ = validate_verb{paths_, zone_named(timezone_)};
    });
    files("apply", "Create and change what job files name; removes nothing", [this] {
      what_ = apply_verb{paths_, zone_named(timezone_)};
    });
    get();
    describe();
    act();
    look();
  }

  options parse(std::vector<std::string> args, const std::string& environment) {
    std::reverse(args.begin(), args.end()); // CLI11 takes them from the end
    app_.parse(std::move(args));
    return {admins_of(admins_, environment), output_ == "json" ? format::json : format::table, std::move(what_)};
  }

  CLI::App& app() { return app_; }

private:
  template <class F> CLI::App* add(CLI::App* parent, const std::string& name, const std::string& help, F chosen) {
    auto* verb = parent->add_subcommand(name, help);
    verb->callback(std::move(chosen));
    return verb;
  }

  template <class F> CLI::App* files(const std::string& name, const std::string& help, F chosen) {
    auto* verb = add(&app_, name, help, std::move(chosen));
    verb->add_option("FILES,-f,--file", paths_, "Files, and directories with all *.yaml and *.yml below them")
        ->required();
    verb->add_option("--timezone", timezone_, "Zone of cron schedules that name none")->capture_default_str();
    return verb;
  }

  void get() {
    auto* get = app_.add_subcommand("get", "List groups, jobs, executors or triggers")->require_subcommand(1);
    add(get, "groups", "Executor groups", [this] { what_ = get_groups_verb{}; });
    auto* jobs = add(get, "jobs", "Jobs", [this] {
      what_ = get_jobs_verb{filter(group_, job_), limit_.value_or(100)};
    });
    auto* executors = add(get, "executors", "Executors", [this] { what_ = get_executors_verb{group_named(group_)}; });
    auto* triggers = add(get, "triggers", "Triggers, newest first", [this] {
      what_ = get_triggers_verb{filter(group_, job_), state_named(state_), time_given("--from", from_),
                                time_given("--to", to_), limit_.value_or(50)};
    });
    for (auto* verb : {jobs, executors, triggers}) verb->add_option("--group", group_, "Of this group");
    for (auto* verb : {jobs, triggers}) {
      verb->add_option("--job", job_, "This JOB");
      verb->add_option("--limit", limit_, "At most that many rows")->check(CLI::Range(std::size_t{1}, most_rows));
    }
    triggers->add_option("--state", state_, "In this state: " + names_of<trigger_state>());
    triggers->add_option("--from", from_, "Fire time not before");
    triggers->add_option("--to", to_, "Fire time before");
  }

  void describe() {
    auto* verb = add(&app_, "describe", "All about a job, or about a trigger", [this] {
      if (words_.size() == 1)
        what_ = describe_job_verb{job_named(words_[0])};
      else if (words_[0] == "trigger")
        what_ = describe_trigger_verb{trigger_named(words_[1])};
      else if (words_[0] == "job")
        what_ = describe_job_verb{job_named(words_[1])};
      else
        wrong("describe takes JOB, or trigger ID");
    });
    verb->add_option("JOB | trigger ID", words_, "A job, or the word trigger and an id")->required()->expected(1, 2);
  }

  void act() {
    auto* trigger = job_verb("trigger", "Run a job now", [this] {
      what_ = trigger_verb{job_named(job_), params_, request_};
    });
    trigger->add_option("--params", params_, "Instead of the job's own")->check(text_of_at_most(limits::params_bytes));
    trigger->add_option("--request-id", request_, "Repeating an id starts nothing and answers the first one's trigger")
        ->check(text_of_at_most(limits::name_bytes));
    job_verb("pause", "Stop a job's schedule and hold its waiting triggers", [this] {
      what_ = pause_verb{job_named(job_), true};
    });
    auto* kill = add(&app_, "kill", "End a trigger, or all open ones of a job, whatever they do", [this] {
      if (words_.size() == 1)
        what_ = kill_verb{std::nullopt, job_named(words_[0])};
      else if (words_[0] == "trigger")
        what_ = kill_verb{trigger_named(words_[1]), {}};
      else if (words_[0] == "job")
        what_ = kill_verb{std::nullopt, job_named(words_[1])};
      else
        wrong("kill takes JOB, or trigger ID");
    });
    kill->add_option("JOB | trigger ID", words_, "A job, or the word trigger and an id")->required()->expected(1, 2);
    job_verb("resume", "Undo pause", [this] { what_ = pause_verb{job_named(job_), false}; });
  }

  void look() {
    auto* logs = add(&app_, "logs", "Print the log of a trigger", [this] {
      what_ = logs_verb{trigger_named(trigger_), follow_, from_line_};
    });
    logs->add_option("TRIGGER", trigger_, "Its id")->required();
    logs->add_flag("-f,--follow", follow_, "Go on until the run ends");
    logs->add_option("--from-line", from_line_, "Lines count from 1")->check(CLI::PositiveNumber);
    next();
    cron();
    simulate();
    explain();
    add(&app_, "cluster", "The admins, who leads, and the last takeovers", [this] { what_ = cluster_verb{}; });
    audit();
    add(&app_, "stats", "Counters and gauges of the admin", [this] { what_ = stats_verb{}; });
    add(&app_, "version", "Print the version", [this] { what_ = version_verb{}; });
  }

  /// What says how a cron expression is meant, beside its zone.
  std::vector<CLI::Option*> cron_options(CLI::App* verb) {
    return {verb->add_option("--dialect", cron_.dialect, "quartz: 6 or 7 fields; unix: 5, @daily")
                ->check(CLI::IsMember({"quartz", "unix"}))
                ->default_str("quartz"),
            verb->add_option("--gap", cron_.gap, "Times that a change of clocks skips: skip, next, shift")
                ->check(CLI::IsMember({"skip", "next", "shift"}))
                ->default_str("skip"),
            verb->add_option("--overlap", cron_.overlap, "Times that it repeats: first, last, both")
                ->check(CLI::IsMember({"first", "last", "both"}))
                ->default_str("last"),
            verb->add_option("--dst", cron_.dst, "vixie: gap and overlap as Vixie cron has them")
                ->check(CLI::IsMember({"vixie"}))};
  }
  cron_words cron_given(const std::string& timezone) {
    if (!cron_.dst.empty() && !(cron_.gap.empty() && cron_.overlap.empty()))
      wrong("--dst stands for both --gap and --overlap");
    cron_.timezone = zone_named(timezone);
    return cron_;
  }

  void cron() {
    auto* verb = add(&app_, "cron", "The fires of a cron expression, without any admin", [this] {
      if (lines_)
        what_ = cron_lines_verb{};
      else if (cron_.expression.empty())
        wrong("cron takes EXPRESSION, or --jsonl");
      else
        what_ = cron_verb{cron_given(cron_.timezone), time_given("--after", after_), count_};
    });
    auto* lines = verb->add_flag("--jsonl", lines_, "Answer questions from the input, one JSON object a line");
    verb->add_option("EXPRESSION", cron_.expression, "In quotes: the shell knows * and ?")->excludes(lines);
    for (auto* word : cron_options(verb)) word->excludes(lines);
    verb->add_option("--timezone", cron_.timezone, "Its zone")->capture_default_str()->excludes(lines);
    verb->add_option("--after", after_, "Fires later than this time; now unless said")->excludes(lines);
    verb->add_option("-n,--count", count_, "How many")
        ->check(CLI::Range(std::int64_t{1}, most_fires))
        ->capture_default_str()
        ->excludes(lines);
  }

  void next() {
    auto* verb = add(&app_, "next", "The next fires of a job, or of all jobs of job files", [this] {
      auto files = paths_;
      std::vector<std::string> jobs;
      for (auto& word : words_) (is_file_name(word) ? files : jobs).push_back(word);
      if (jobs.size() + (files.empty() ? 0 : 1) != 1) wrong("next takes one JOB, or job files");
      what_ = next_verb{files.empty() ? job_named(jobs[0]) : job_ref{}, static_cast<std::uint32_t>(count_), files,
                        zone_named(timezone_)};
    });
    verb->add_option("JOB | FILES", words_, "A job, or files: names that end in .yaml, .yml or /");
    verb->add_option("-f,--file", paths_, "Job files and directories, whatever their names");
    verb->add_option("-n,--count", count_, "How many of each job")
        ->check(CLI::Range(std::int64_t{1}, static_cast<std::int64_t>(limits::page_items)))
        ->capture_default_str();
    verb->add_option("--timezone", timezone_, "Zone of cron schedules of the files that name none")
        ->capture_default_str();
  }

  void simulate() {
    auto* verb = files("simulate", "What jobs would do over a span of time, without any admin", [this] {
      simulate_verb v;
      v.paths = paths_;
      v.timezone = zone_named(timezone_);
      v.from = time_given("--from", from_);
      v.to = time_given("--to", to_);
      for (auto& word : words_) {
        auto equals = word.rfind('=');
        auto duration = duration_named(equals == std::string::npos ? word : word.substr(equals + 1));
        if (equals == std::string::npos)
          v.other_duration = duration;
        else
          v.durations.emplace_back(job_named(word.substr(0, equals)), duration);
      }
      v.measured = measured_;
      v.busiest = busiest_;
      v.fires = fires_;
      v.svg = svg_;
      if (v.fires && !v.svg.empty()) wrong("--fires and --svg are two answers: ask for one");
      what_ = std::move(v);
    });
    verb->add_option("--from", from_, "Begin of the span; the next midnight in UTC unless set");
    verb->add_option("--to", to_, "Its end, not in it; a day after the begin unless set, at most 366");
    verb->add_option("--duration", words_, "JOB=30s: how long its runs take; 30s alone: those of all other jobs")
        ->allow_extra_args(false);
    verb->add_flag("--measured", measured_, "Durations as an admin has them: the mean of the last 20 that succeeded");
    verb->add_option("--busiest", busiest_, "How many of the busiest seconds")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1'000}))
        ->capture_default_str();
    verb->add_flag("--fires", fires_, "Each fire, in the order of time, instead of the summary");
    verb->add_option("--svg", svg_, "Also a picture of the load into this file; -: the picture alone, to the output");
  }

  void explain() {
    auto* explain = app_.add_subcommand("explain", "Say what a schedule means")->require_subcommand(1);
    auto* verb = add(explain, "schedule", "In words, with its next fires and what changes of clocks do to it", [this] {
      if (words_.empty() == cron_.expression.empty()) wrong("explain schedule takes JOB or FILE:JOB, or --cron");
      if (cron_.expression.empty() && !(cron_.dialect + cron_.dst + cron_.gap + cron_.overlap).empty())
        wrong("--dialect, --gap, --overlap and --dst go with --cron: a job has its own");
      explain_schedule_verb v{{}, cron_given(timezone_)};
      for (auto& word : words_) v.jobs.push_back(explained_job_named(word));
      what_ = std::move(v);
    });
    verb->add_option("JOB | FILE:JOB", words_, "Jobs of an admin, or of a job file");
    verb->add_option("--cron", cron_.expression, "A cron expression instead");
    verb->add_option("--timezone", timezone_, "Its zone, and that of cron schedules in files that name none")
        ->capture_default_str();
    cron_options(verb);
  }

  void audit() {
    auto* verb = add(&app_, "audit", "Prove for a period that nothing was lost or doubled", [this] {
      auto from = time_given("--from", from_), to = time_given("--to", to_);
      if (*from >= *to) wrong("--to must be later than --from");
      what_ = audit_verb{*from, *to, job_.empty() ? job_ref{} : job_named(job_), handlers_};
    });
    verb->add_option("--from", from_, "Fire time not before")->required();
    verb->add_option("--to", to_, "Fire time before")->required();
    verb->add_option("--job", job_, "This JOB alone");
    verb->add_option("--handlers", handlers_,
                     "File of what handlers started: JOB FIRE ORIGIN SHARD ATTEMPT SESSION a line");
  }

  template <class F> CLI::App* job_verb(const std::string& name, const std::string& help, F chosen) {
    auto* verb = add(&app_, name, help, std::move(chosen));
    verb->add_option("JOB", job_, "group/name, or name")->required();
    return verb;
  }

  CLI::App app_{"xxlctl: talks to the admins of xxl.", "xxlctl"};
  std::vector<std::string> admins_, paths_, words_;
  std::string output_ = "table", timezone_ = "UTC", group_, job_, state_, from_, to_, trigger_, request_, handlers_,
              after_, svg_;
  cron_words cron_;
  std::optional<std::string> params_;
  std::optional<std::size_t> limit_;
  bool follow_ = false, lines_ = false, measured_ = false, fires_ = false;
  std::size_t busiest_ = 10;
  std::uint64_t from_line_ = 1;
  std::int64_t count_ = 5;
  verb what_;
};

constexpr const char* hint = "\nRun xxlctl --help for the verbs, xxlctl VERB --help for one of them.\n";

} // namespace

std::variant<options, early_exit> parse(std::vector<std::string> args, const std::string& environment_admin) {
  command_line line;
  try {
    return line.parse(std::move(args), environment_admin);
  } catch (const CLI::Success& e) { // help
    std::ostringstream out;
    line.app().exit(e, out, out);
    return early_exit{exit_code::ok, out.str() + "\n"};
  } catch (const CLI::ParseError& e) {
    return early_exit{exit_code::usage, std::string{"xxlctl: "} + e.what() + hint};
  } catch (const failure& e) {
    return early_exit{e.code, std::string{"xxlctl: "} + e.what() + hint};
  }
}

} // namespace xxl::cli
