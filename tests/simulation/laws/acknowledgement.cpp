// guarantees.md §2.5, §2.6: a result is acknowledged only after its commit: its row is final by then, or was never that
// session's.

#include "tests/simulation/laws/law.hpp"

#include <map>
#include <utility>

namespace xxl::sim {
namespace {

class acknowledgement final : public law {
public:
  explicit acknowledgement(judge& j) : judge_{j} {}

  void inserted(const open_trigger& x) override { open_[x.id] = x.session; }
  void updated(const open_trigger&, const open_trigger& x) override { open_[x.id] = x.session; }
  void removed(const open_trigger& x) override { open_.erase(x.id); }

  void sent(const connection& c, connection::side from, const caf::message& what) override {
    if (from == connection::dialler && what.match_elements<callback_atom, callback_batch>()) {
      auto& batch = what.get_as<callback_batch>(1);
      called_back_[{c.number, batch.number}] = batch;
    }
    if (from == connection::listener && what.match_elements<ack_atom, std::uint64_t>()) {
      auto batch = called_back_.extract({c.number, what.get_as<std::uint64_t>(1)});
      if (batch) look(batch.mapped());
    }
  }

private:
  void look(const callback_batch& batch) {
    for (auto& o : batch.outcomes) {
      auto row = open_.find(o.trigger);
      if (row != open_.end() && row->second == batch.session)
        judge_.violated("a result is acknowledged after its commit",
                        "trigger " + to_string(o.trigger) + " of session " + to_string(batch.session) + " is open");
    }
  }
  judge& judge_;
  std::map<trigger_id, session_id> open_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, callback_batch> called_back_; ///< by connection and number
};

} // namespace

std::unique_ptr<law> acknowledged_is_committed(judge& j) { return std::make_unique<acknowledgement>(j); }

} // namespace xxl::sim
