// An executor for end-to-end tests, on nothing but the public SDK. Its handlers append a line to the file that the
// job's params name, JOB FIRE ORIGIN SHARD ATTEMPT SESSION (harness/record.hpp), and sync it before they do anything
// else. `record` then works for a moment, so that runs are open when something is killed, and appends the same line to
// that file's name with ".ended". `stumble` fails every fourth attempt, `flaky` the first of each. `garble` fails with
// a message that is not text. Usage: e2e_recorder GROUP NAME DATA ADMIN...

#include "tests/e2e/harness/record.hpp"
#include "xxl/executor.hpp"

#include <chrono>
#include <fcntl.h>
#include <iostream>
#include <string>
#include <unistd.h>
#include <utility>

namespace {

constexpr std::chrono::milliseconds work{30};

bool append(const std::string& path, const std::string& line, bool sync) {
  int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return false;
  bool kept =
      ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && (!sync || ::fsync(file) == 0);
  ::close(file);
  return kept;
}

std::int64_t fire_ms(const xxl::job_context& run) { return run.fire_time().time_since_epoch().count(); }

std::string line_of(const xxl::job_context& run) {
  // The SDK calls a run that is no shard shard 0 of 1; the ledger calls it -1.
  auto shard = run.shard_total() == 1 ? -1 : run.shard_index();
  xxl::e2e::run_key key{run.job(), fire_ms(run), run.origin(), shard, run.attempt()};
  return to_string(key) + " " + std::to_string(run.session_id()) + "\n";
}

xxl::result cannot_write(const std::string& path) { return xxl::result::fail("cannot write " + path); }

xxl::result record(xxl::job_context& run) {
  auto line = line_of(run);
  if (!append(run.params(), line, true)) return cannot_write(run.params());
  run.wait_for(work);
  auto ended = run.params() + ".ended";
  return append(ended, line, false) ? xxl::result::success() : cannot_write(ended);
}

xxl::result stumble(xxl::job_context& run) {
  auto said = record(run);
  bool falls = (fire_ms(run) / 1'000 + run.attempt()) % 4 == 0;
  return said.succeeded && falls ? xxl::result::fail("every fourth attempt fails") : said;
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
  executor.add_handler("stumble", stumble);
  executor.add_handler("flaky", flaky);
  executor.add_handler("garble", garble);
  return executor.run();
}
