// design.md §4.2: no more orders are on a wire than the executor has granted.

#include "tests/simulation/laws/law.hpp"

#include <map>

namespace xxl::sim {
namespace {

class credit final : public law {
public:
  explicit credit(judge& j) : judge_{j} {}

  void arrived(const connection& c, connection::side to, const caf::message& what) override {
    if (to == connection::listener && what.match_elements<credit_atom, std::uint32_t>())
      granted_[c.number] += what.get_as<std::uint32_t>(1);
  }
  void sent(const connection& c, connection::side from, const caf::message& what) override {
    if (from != connection::listener || !what.match_elements<run_atom, order_batch>()) return;
    auto& left = granted_[c.number];
    left -= static_cast<std::int64_t>(what.get_as<order_batch>(1).orders.size());
    if (left < 0)
      judge_.violated("orders stay within the credit",
                      std::to_string(-left) + " too many on connection " + std::to_string(c.number));
  }

private:
  judge& judge_;
  std::map<std::uint64_t, std::int64_t> granted_; ///< by connection
};

} // namespace

std::unique_ptr<law> orders_stay_within_credit(judge& j) { return std::make_unique<credit>(j); }

} // namespace xxl::sim
