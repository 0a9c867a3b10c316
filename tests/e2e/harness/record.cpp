#include "tests/e2e/harness/record.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace xxl::e2e {
namespace {

using namespace std::chrono;

std::string format(std::int64_t unix_ms) {
  const sys_time<milliseconds> at{milliseconds{unix_ms}};
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss time{at - day};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return text.data();
}

/// False if it is no instant in UTC with milliseconds.
bool parse(const std::string& text, std::int64_t& unix_ms) {
  int y = 0, h = 0, m = 0, s = 0, ms = 0, read = 0;
  unsigned mon = 0, d = 0;
  if (std::sscanf(text.c_str(), "%4d-%2u-%2uT%2d:%2d:%2d.%3dZ%n", &y, &mon, &d, &h, &m, &s, &ms, &read) != 7 ||
      static_cast<std::size_t>(read) != text.size())
    return false;
  const sys_time<milliseconds> at =
      sys_days{year{y} / month{mon} / day{d}} + hours{h} + minutes{m} + seconds{s} + milliseconds{ms};
  unix_ms = at.time_since_epoch().count();
  return true;
}

} // namespace

std::string to_string(const run_key& key) {
  return key.job + " " + format(key.fire_ms) + " " + (key.origin.empty() ? "-" : key.origin) + " " +
         std::to_string(key.shard) + " " + std::to_string(key.attempt);
}

std::vector<recorded_run> read_record(const std::filesystem::path& file) {
  std::vector<recorded_run> runs;
  std::ifstream in{file};
  for (std::string line; std::getline(in, line) && !in.eof();) { // eof: no line end yet
    std::istringstream fields{line};
    recorded_run run;
    std::string fire;
    if (!(fields >> run.key.job >> fire >> run.key.origin >> run.key.shard >> run.key.attempt >> run.session) ||
        !parse(fire, run.key.fire_ms))
      throw std::runtime_error{file.string() + " holds a line that is no start of a run: " + line};
    if (run.key.origin == "-") run.key.origin.clear();
    runs.push_back(std::move(run));
  }
  return runs;
}

starts first_starts(const std::vector<recorded_run>& runs) {
  starts counted;
  for (auto& run : runs)
    if (run.key.attempt == 1) ++counted[{run.key.job, run.key.fire_ms}];
  return counted;
}

} // namespace xxl::e2e
