// guarantees.md §3: a leader sends and claims only while it trusts itself: 2 s from when its last answered heartbeat
// was sent. Trust that ran out never comes back within an epoch.

#include "tests/simulation/laws/law.hpp"

namespace xxl::sim {
namespace {

class leader_trust final : public law {
public:
  leader_trust(judge& j, const world& w, const database& db) : judge_{j}, world_{w}, database_{db} {}

  void sent(const connection& c, connection::side from, const caf::message& what) override {
    if (from == connection::listener && what.match_elements<run_atom, order_batch>())
      look(c.at(from), "sends " + std::to_string(what.get_as<order_batch>(1).orders.size()) + " orders");
  }
  void claims(process who) override { look(who, "claims"); }

private:
  void look(process who, const std::string& what) {
    if (world_.now() >= database_.trusted_until(who))
      judge_.violated("a leader acts only while it trusts itself", world_.name(who) + " " + what);
  }
  judge& judge_;
  const world& world_;
  const database& database_;
};

} // namespace

std::unique_ptr<law> leaders_act_on_trust(judge& j, const world& w, const database& db) {
  return std::make_unique<leader_trust>(j, w, db);
}

} // namespace xxl::sim
