// xxl-node: runs an admin, an executor, or both (docs/configuration.md).

#include "apps/node/exit_code.hpp"
#include "apps/node/node_process.hpp"
#include "apps/node/signals.hpp"
#include "cli/version.hpp"
#include "config/settings.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <unistd.h>

namespace {

using namespace xxl;

config::settings_sources sources_of(int argc, char** argv) {
  config::settings_sources s;
  s.arguments.assign(argv + 1, argv + argc);
  s.environment = [](const std::string& name) -> std::optional<std::string> {
    if (auto* value = std::getenv(name.c_str())) return value;
    return std::nullopt;
  };
  constexpr std::size_t most_bytes = 1 << 20;
  s.read_file = [](const std::string& path) { return config::read_file(path, most_bytes); };
  char host[256] = "localhost";
  ::gethostname(host, sizeof host - 1);
  s.machine.hostname = host;
  s.machine.working_directory = std::filesystem::current_path();
  s.machine.cores = static_cast<std::uint32_t>(::sysconf(_SC_NPROCESSORS_ONLN));
  s.machine.process_id = ::getpid();
  return s;
}

void set_up_logging(config::log_level level) {
  auto logger = spdlog::stderr_color_mt("xxl");
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v", spdlog::pattern_time_type::utc);
  logger->set_level(spdlog::level::from_str(to_string(level)));
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
}

int refuse(const std::vector<std::string>& errors) {
  for (auto& e : errors) std::fprintf(stderr, "xxl-node: %s\n", e.c_str());
  std::fprintf(stderr, "xxl-node: try --help\n");
  return apps::usage;
}

} // namespace

int main(int argc, char** argv) {
  auto resolved = config::resolve_settings(sources_of(argc, argv));
  if (resolved.help) {
    std::printf("xxl-node: runs an admin, an executor, or both\n\n  xxl-node [FLAGS]          run\n  xxl-node config "
                "[FLAGS]   print each "
                "setting, its value and where it comes from\n\n%s",
                config::settings_help().c_str());
    return apps::ok;
  }
  if (resolved.version) {
    std::printf("xxl-node %s\n", cli::version());
    return apps::ok;
  }
  auto show = resolved.words.size() == 1 && resolved.words.front() == "config";
  if (!show)
    for (auto& word : resolved.words)
      resolved.errors.push_back("unknown command \"" + word + "\"; the only one is config");
  if (!resolved.errors.empty()) return refuse(resolved.errors);
  if (show) {
    std::fputs(config::describe(resolved.origins).c_str(), stdout);
    return apps::ok;
  }
  apps::block_signals();
  set_up_logging(resolved.values.level);
  return apps::run_node(resolved.values);
}
