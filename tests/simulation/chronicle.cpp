#include "tests/simulation/chronicle.hpp"

#include <caf/deep_to_string.hpp>
#include <spdlog/spdlog.h>

#include <utility>

namespace xxl::sim {
namespace {

std::string text_of(const open_trigger& x) {
  return to_string(x.state) + ", session " + to_string(x.session) + ", epoch " + to_string(x.epoch) + ", handed " +
         std::to_string(x.handed);
}

class chronicle final : public law {
public:
  explicit chronicle(const world& w) : world_{w} {}

  void inserted(const open_trigger& x) override {
    spdlog::debug("  row {} {}: {}, {}", x.id.value, to_string(x.key), to_string(x.cause), text_of(x));
  }
  void updated(const open_trigger&, const open_trigger& x) override {
    spdlog::debug("  row {} {}: {}", x.id.value, to_string(x.key), text_of(x));
  }
  void inserted(const ended_trigger& x) override {
    spdlog::debug("  row {} {} ends: {} ({})", x.id.value, to_string(x.key), to_string(x.state), to_string(x.reason));
  }
  void inserted(const gap_row& x) override {
    spdlog::debug("  gap of job {}: {} to {}, {} fires, {}", x.job.value, to_ms(x.from), to_ms(x.to), x.fires,
                  to_string(x.reason));
  }
  void inserted(const version_row& x) override {
    spdlog::debug("  job {} version {}: {}{}", x.job.value, x.version, x.enabled ? "enabled" : "disabled",
                  x.paused ? ", paused" : "");
  }
  void updated(const session_row& before, const session_row& x) override {
    if (x.ended && !before.ended) spdlog::debug("  session {} of {} ends: {}", x.id.value, x.name, to_string(x.how));
  }
  void sent(const connection& c, connection::side from, const caf::message& what) override {
    spdlog::debug("  {} -> {} over {}: {}", world_.name(c.at(from)), world_.name(c.at(other(from))), c.number,
                  caf::deep_to_string(what));
  }
  void arrived(const connection& c, connection::side to, const caf::message& what) override {
    spdlog::debug("  {} <- {} over {}: {}", world_.name(c.at(to)), world_.name(c.at(other(to))), c.number,
                  caf::deep_to_string(what));
  }
  void started(process who, const executor::run& what) override {
    spdlog::debug("  trigger {} starts on {} in session {}", what.task.trigger.value, world_.name(who),
                  what.session.value);
  }
  void finished(process who, const executor::run& what, bool succeeded) override {
    spdlog::debug("  trigger {} {} on {}", what.task.trigger.value, succeeded ? "succeeds" : "fails", world_.name(who));
  }
  void died(process who, bool host_too) override {
    spdlog::debug("{} is gone{}", world_.name(who), host_too ? " with its host" : "");
  }

private:
  static connection::side other(connection::side s) {
    return s == connection::dialler ? connection::listener : connection::dialler;
  }
  const world& world_;
};

} // namespace

std::unique_ptr<law> make_chronicle(const world& w) { return std::make_unique<chronicle>(w); }

} // namespace xxl::sim
