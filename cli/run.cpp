#include "cli/run.hpp"

#include "cli/admin.hpp"
#include "cli/cron_lines.hpp"
#include "cli/options.hpp"
#include "cli/verbs.hpp"
#include "protocol/clock.hpp"
#include "protocol/limits.hpp"
#include "protocol/utf8.hpp"
#include "transport/transport.hpp"

#include <caf/actor_system.hpp>

#include <cstdlib>
#include <exception>
#include <optional>
#include <unistd.h>
#include <utility>

namespace xxl::cli {
namespace {

std::string environment(const char* name) {
  auto* value = std::getenv(name);
  return value ? value : "";
}

/// user@host, for the operator log.
std::string who_we_are() {
  std::string host(256, '\0');
  if (::gethostname(host.data(), host.size() - 1) != 0) host = "unknown";
  host.resize(std::string{host.c_str()}.size());
  auto user = environment("USER");
  auto who = (user.empty() ? "uid " + std::to_string(::getuid()) : user) + "@" + host;
  return clean_text(who, limits::name_bytes);
}

/// The way to an admin, made when it is first needed: some verbs find all they ask for in files.
class way {
public:
  explicit way(const options& o) : options_{o} {}

  admin operator()() {
    if (!sys_) sys_.emplace(cfg_.emplace(transport::settings{}));
    return connect(*sys_, options_.admins, who_we_are());
  }

private:
  const options& options_;
  std::optional<transport::config> cfg_;
  std::optional<caf::actor_system> sys_;
};

/// The verbs that begin with an admin.
void serve(const options& o, admin a, const printer& p) {
  auto who = who_we_are();
  std::visit(
      [&](const auto& v) {
        using verb_type = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<verb_type, get_groups_verb>)
          get_groups(a, p);
        else if constexpr (std::is_same_v<verb_type, get_jobs_verb>)
          get_jobs(v, a, p);
        else if constexpr (std::is_same_v<verb_type, get_executors_verb>)
          get_executors(v, a, p);
        else if constexpr (std::is_same_v<verb_type, get_triggers_verb>)
          get_triggers(v, a, p);
        else if constexpr (std::is_same_v<verb_type, describe_job_verb>)
          describe_job(v, a, p);
        else if constexpr (std::is_same_v<verb_type, describe_trigger_verb>)
          describe_trigger(v, a, p);
        else if constexpr (std::is_same_v<verb_type, trigger_verb>)
          trigger(v, a, who, p);
        else if constexpr (std::is_same_v<verb_type, pause_verb>)
          pause(v, a, who, p);
        else if constexpr (std::is_same_v<verb_type, kill_verb>)
          kill(v, a, who, p);
        else if constexpr (std::is_same_v<verb_type, cluster_verb>)
          cluster(a, p);
        else if constexpr (std::is_same_v<verb_type, logs_verb>)
          logs(v, a, p);
        else if constexpr (std::is_same_v<verb_type, next_verb>)
          next(v, a, p);
        else if constexpr (std::is_same_v<verb_type, audit_verb>)
          audit(v, a, p);
        else if constexpr (std::is_same_v<verb_type, stats_verb>)
          stats(a, p);
      },
      o.what);
}

void perform(const options& o, std::istream& in, const printer& p) {
  way to_admin{o};
  auto connected = [&] { return to_admin(); };
  auto now = system_clock().now();
  auto* coming = std::get_if<next_verb>(&o.what);
  if (std::holds_alternative<version_verb>(o.what))
    print_version(p);
  else if (auto* check = std::get_if<validate_verb>(&o.what))
    validate(*check, p);
  else if (auto* expression = std::get_if<cron_verb>(&o.what))
    cron(*expression, p);
  else if (std::holds_alternative<cron_lines_verb>(o.what))
    answer_lines(in, p.out);
  else if (auto* change = std::get_if<apply_verb>(&o.what))
    apply(*change, connected, who_we_are(), p);
  else if (auto* span = std::get_if<simulate_verb>(&o.what))
    simulate(*span, connected, now, p);
  else if (auto* schedule = std::get_if<explain_schedule_verb>(&o.what))
    explain_schedule(*schedule, connected, now, p);
  else if (coming && !coming->paths.empty())
    next_of_files(*coming, now, p);
  else
    serve(o, connected(), p);
}

} // namespace

int run(const std::vector<std::string>& args, std::istream& in, std::ostream& out, std::ostream& err) {
  auto parsed = parse(args, environment("XXL_ADMIN"));
  if (auto* exit = std::get_if<early_exit>(&parsed)) {
    (exit->code == exit_code::ok ? out : err) << exit->text;
    return static_cast<int>(exit->code);
  }
  auto& o = std::get<options>(parsed);
  try {
    perform(o, in, {out, err, o.output});
    return static_cast<int>(exit_code::ok);
  } catch (const failure& e) {
    err << "xxlctl: " << e.what() << "\n";
    return static_cast<int>(e.code);
  } catch (const std::exception& e) {
    err << "xxlctl: " << e.what() << "\n";
    return static_cast<int>(exit_code::failed);
  }
}

} // namespace xxl::cli
