#include "apps/node/run_printer.hpp"

#include "cli/words.hpp"

#include <cstdio>
#include <string>

namespace xxl::apps {

void print_run(const order& o, const outcome& end) {
  auto* script = std::get_if<script_work>(&o.work);
  auto kind = script ? to_string(script->language) : std::string{"handler"};
  auto line = cli::time_text(end.ended) + " " + o.job_name + " " + kind + " " + to_string(end.state);
  // A run that never started has no lateness.
  if (end.started != instant{}) line += " lateness=" + std::to_string((end.started - o.planned).count());
  if (end.state != trigger_state::succeeded && !end.message.empty())
    line += " " + end.message.substr(0, end.message.find('\n'));
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fflush(stdout);
}

} // namespace xxl::apps
