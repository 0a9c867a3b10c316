#include "cli/run.hpp"

#include "cli/admin.hpp"
#include "cli/cron_lines.hpp"
#include "cli/options.hpp"
#include "cli/verbs.hpp"
#include "protocol/limits.hpp"
#include "protocol/utf8.hpp"
#include "transport/transport.hpp"

#include <caf/actor_system.hpp>

#include <cstdlib>
#include <exception>
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

/// The verbs that need an admin.
void serve(const options& o, const printer& p) {
  transport::config cfg{transport::settings{}};
  caf::actor_system sys{cfg};
  auto who = who_we_are();
  auto connected = [&] { return connect(sys, o.admins, who); };
  if (auto* v = std::get_if<apply_verb>(&o.what)) return apply(*v, connected, who, p);
  auto a = connected();
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
  if (std::holds_alternative<version_verb>(o.what))
    print_version(p);
  else if (auto* v = std::get_if<validate_verb>(&o.what))
    validate(*v, p);
  else if (auto* c = std::get_if<cron_verb>(&o.what))
    cron(*c, p);
  else if (std::holds_alternative<cron_lines_verb>(o.what))
    answer_lines(in, p.out);
  else
    serve(o, p);
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
