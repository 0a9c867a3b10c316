#include "tests/e2e/harness/record.hpp"

#include <fstream>
#include <sstream>

namespace xxl::e2e {

std::vector<recorded_run> read_record(const std::filesystem::path& file) {
  std::vector<recorded_run> runs;
  std::ifstream in{file};
  for (std::string line; std::getline(in, line) && !in.eof();) { // eof: no line end yet
    std::istringstream fields{line};
    recorded_run run;
    if (fields >> run.job >> run.fire_ms >> run.trigger >> run.attempt) runs.push_back(std::move(run));
  }
  return runs;
}

starts first_starts(const std::vector<recorded_run>& runs) {
  starts counted;
  for (auto& run : runs)
    if (run.attempt == 1) ++counted[{run.job, run.fire_ms}];
  return counted;
}

} // namespace xxl::e2e
