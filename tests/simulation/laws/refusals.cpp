// storage.md §2: constraints are the belt. What comes as far as one has passed every gate before it.

#include "tests/simulation/laws/law.hpp"

namespace xxl::sim {
namespace {

class refusals final : public law {
public:
  explicit refusals(judge& j) : judge_{j} {}
  void refuses(const std::string& statement, const std::string& why) override {
    // Two people create the same job at once, or a creation acts after its client gave it up: the second one edits it.
    if (statement == "create_jobs" && why.starts_with("UNIQUE")) return;
    judge_.violated("the database refuses nothing", statement + ": " + why);
  }

private:
  judge& judge_;
};

} // namespace

std::unique_ptr<law> the_database_refuses_nothing(judge& j) { return std::make_unique<refusals>(j); }

} // namespace xxl::sim
