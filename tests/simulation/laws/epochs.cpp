// guarantees.md §2.2, §3 Fence: once a higher epoch is up, nothing is claimed under an older one; epochs rise.

#include "tests/simulation/laws/law.hpp"

namespace xxl::sim {
namespace {

class epochs final : public law {
public:
  explicit epochs(judge& j) : judge_{j} {}

  void raised(epoch_id before, epoch_id after) override {
    if (after < before) judge_.violated("epochs rise", "epoch " + to_string(after) + " follows " + to_string(before));
    newest_ = after;
  }
  void inserted(const open_trigger& x) override {
    auto by_claim = x.cause == trigger_cause::schedule || x.cause == trigger_cause::misfire;
    if (by_claim) look(x);
  }
  void updated(const open_trigger& before, const open_trigger& after) override {
    if (before.state == trigger_state::waiting && after.state != trigger_state::waiting) look(after);
  }

private:
  void look(const open_trigger& x) {
    if (x.epoch == newest_) return;
    judge_.violated("nothing is claimed under an older epoch", "trigger " + to_string(x.id) + " " + to_string(x.key) +
                                                                   " under " + to_string(x.epoch) + " while " +
                                                                   to_string(newest_) + " is up");
  }
  judge& judge_;
  epoch_id newest_;
};

} // namespace

std::unique_ptr<law> older_epochs_claim_nothing(judge& j) { return std::make_unique<epochs>(j); }

} // namespace xxl::sim
