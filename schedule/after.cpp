// Fixed delay: the next fire depends on the end of a run, so the timetable itself has no fires.

#include "schedule/rule.hpp"

#include <stdexcept>

namespace xxl::schedule {

namespace {

class after_rule final : public timetable::rule {
public:
  explicit after_rule(std::chrono::milliseconds delay) : delay_(delay) {}

  std::optional<instant> next(instant) const override { return std::nullopt; }
  std::int64_t count(instant, instant, std::int64_t) const override { return 0; }
  std::optional<instant> last(instant, instant) const override { return std::nullopt; }
  std::optional<instant> after_end(instant end) const override {
    return end <= instant::max() - delay_ ? std::optional{end + delay_} : std::nullopt;
  }

private:
  std::chrono::milliseconds delay_;
};

} // namespace

timetable after(std::chrono::milliseconds delay) {
  if (delay.count() < 1)
    throw std::invalid_argument("a fixed delay is at least 1 ms, not " + std::to_string(delay.count()) + " ms");
  return timetable{timetable::kind::after, std::make_shared<after_rule>(delay)};
}

} // namespace xxl::schedule
