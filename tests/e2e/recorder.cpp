// An executor for end-to-end tests, on nothing but the public SDK. Its handler `record` appends "job fire_ms trigger
// attempt" to the file that the job's params name, works for a moment so that runs are open when something is killed,
// and appends the same line to that file's name with ".ended". To that name with ".starts" it appends the line that
// `xxlctl audit --handlers` reads. `flaky` does the same and fails its first attempt; `garble` fails with a message
// that is not text. Usage: e2e_recorder GROUP NAME DATA ADMIN...

#include "xxl/executor.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <fcntl.h>
#include <iostream>
#include <string>
#include <unistd.h>
#include <utility>

namespace {

constexpr std::chrono::milliseconds work{30};

bool append(const std::string& path, const std::string& line) {
  int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return false;
  bool whole = ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  ::close(file);
  return whole;
}

/// "2026-12-01T01:00:00.000Z".
std::string rfc3339(xxl::job_context::time_point t) {
  auto day = std::chrono::floor<std::chrono::days>(t);
  std::chrono::year_month_day date{day};
  std::chrono::hh_mm_ss time{t - day};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return text.data();
}

std::string audit_line(const xxl::job_context& run) {
  auto shard = run.shard_total() > 1 ? run.shard_index() : -1;
  return run.job() + " " + rfc3339(run.fire_time()) + " " + (run.origin().empty() ? "-" : run.origin()) + " " +
         std::to_string(shard) + " " + std::to_string(run.attempt()) + " " + std::to_string(run.session_id()) + "\n";
}

xxl::result record(xxl::job_context& run) {
  auto line = run.job() + " " + std::to_string(run.fire_time().time_since_epoch().count()) + " " +
              std::to_string(run.trigger_id()) + " " + std::to_string(run.attempt()) + "\n";
  if (!append(run.params(), line)) return xxl::result::fail("cannot write " + run.params());
  if (!append(run.params() + ".starts", audit_line(run)))
    return xxl::result::fail("cannot write " + run.params() + ".starts");
  run.wait_for(work);
  if (!append(run.params() + ".ended", line)) return xxl::result::fail("cannot write " + run.params() + ".ended");
  return xxl::result::success();
}

xxl::result flaky(xxl::job_context& run) {
  auto end = record(run);
  return run.attempt() == 1 ? xxl::result::fail("the first attempt always fails") : end;
}

xxl::result garble(xxl::job_context&) { return xxl::result::fail(std::string{"caf\xE9 \0 \xED\xA0\x80", 10}); }

} // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    std::cerr << "usage: e2e_recorder GROUP NAME DATA ADMIN...\n";
    return 2;
  }
  xxl::executor_options options;
  options.group = argv[1];
  options.name = argv[2];
  options.data = argv[3];
  options.admins.assign(argv + 4, argv + argc);
  xxl::executor executor{std::move(options)};
  executor.add_handler("record", record);
  executor.add_handler("flaky", flaky);
  executor.add_handler("garble", garble);
  return executor.run();
}
