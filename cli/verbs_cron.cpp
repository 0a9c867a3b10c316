// cron: the fires of an expression that is in no file.

#include "cli/cron_query.hpp"
#include "cli/json.hpp"
#include "cli/render.hpp"
#include "cli/verbs.hpp"
#include "cli/words.hpp"
#include "protocol/clock.hpp"

namespace xxl::cli {
void cron(const cron_verb& v, const printer& p) {
  const auto made = timetable_of(v.words);
  if (const auto* error = std::get_if<schedule::parse_error>(&made))
    throw failure{exit_code::bad_files, located(v.words.expression, *error)};
  const auto fires = fires_after(std::get<schedule::timetable>(made), v.after.value_or(system_clock().now()), v.count);
  p.out << (p.as == format::json ? json(fires) : render(fires));
  if (fires.empty() && p.as == format::table) p.err << "the schedule has no fire after that time\n";
}

} // namespace xxl::cli
