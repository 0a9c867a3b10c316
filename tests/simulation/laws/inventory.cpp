// guarantees.md §3 Takeover: a row is sent again only when the executor's inventory lacks it.

#include "tests/simulation/laws/law.hpp"

#include <map>
#include <set>
#include <utility>

namespace xxl::sim {
namespace {

class inventory final : public law {
public:
  explicit inventory(judge& j) : judge_{j} {}

  void sent(const connection& c, connection::side from, const caf::message& what) override {
    if (from == connection::dialler && what.match_elements<holds_atom, inventory_piece>()) {
      auto& piece = what.get_as<inventory_piece>(1);
      held_[{c.number, piece.epoch}].insert(piece.held.begin(), piece.held.end());
    }
  }
  void arrived(const connection& c, connection::side to, const caf::message& what) override {
    if (to != connection::dialler || !what.match_elements<run_atom, order_batch>()) return;
    auto& batch = what.get_as<order_batch>(1);
    auto& held = held_[{c.number, batch.epoch}];
    for (auto& o : batch.orders)
      if (o.handed == 0 && held.contains(o.trigger))
        judge_.violated("nothing that the executor holds is sent again",
                        "trigger " + to_string(o.trigger) + " under epoch " + to_string(batch.epoch));
  }

private:
  judge& judge_;
  std::map<std::pair<std::uint64_t, epoch_id>, std::set<trigger_id>> held_; ///< by connection
};

} // namespace

std::unique_ptr<law> nothing_held_is_sent_again(judge& j) { return std::make_unique<inventory>(j); }

} // namespace xxl::sim
