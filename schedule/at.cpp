// One shot: a set of one instant.

#include "schedule/rule.hpp"

namespace xxl::schedule {

namespace {

class at_rule final : public timetable::rule {
public:
  explicit at_rule(instant when) : when_(when) {}

  std::optional<instant> next(instant after) const override {
    return after < when_ ? std::optional{when_} : std::nullopt;
  }
  std::int64_t count(instant after, instant until, std::int64_t) const override { return holds(after, until) ? 1 : 0; }
  std::optional<instant> last(instant after, instant until) const override {
    return holds(after, until) ? std::optional{when_} : std::nullopt;
  }

private:
  bool holds(instant after, instant until) const { return after < when_ && when_ <= until; }

  instant when_;
};

} // namespace

timetable at(instant when) { return timetable{timetable::kind::at, std::make_shared<at_rule>(when)}; }

} // namespace xxl::schedule
