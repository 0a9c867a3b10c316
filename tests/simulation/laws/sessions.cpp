// guarantees.md §3 Sessions: an ended session never comes back.

#include "tests/simulation/laws/law.hpp"

namespace xxl::sim {
namespace {

class sessions final : public law {
public:
  explicit sessions(judge& j) : judge_{j} {}

  void updated(const session_row& before, const session_row& after) override {
    if (before.ended && before.ended != after.ended)
      judge_.violated("ended sessions stay ended", "session " + to_string(after.id) + " of " + after.name);
  }

private:
  judge& judge_;
};

} // namespace

std::unique_ptr<law> ended_sessions_stay_ended(judge& j) { return std::make_unique<sessions>(j); }

} // namespace xxl::sim
