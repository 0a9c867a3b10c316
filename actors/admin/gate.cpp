#include "actors/admin/gate.hpp"

#include "protocol/errors.hpp"
#include "protocol/limits.hpp"
#include "protocol/utf8.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace xxl::admin {
namespace {

struct gate_state {
  static constexpr const char* name = "gate";
  explicit gate_state(gate_config c = {}) : cfg{std::move(c)} {}
  gate_config cfg;
};
using self_ptr = gate_actor::stateful_pointer<gate_state>;
using answer = caf::result<std::uint32_t, caf::strong_actor_ptr>;

std::string range(std::uint32_t oldest, std::uint32_t newest) {
  return oldest == newest ? std::to_string(newest) : std::to_string(oldest) + " to " + std::to_string(newest);
}

answer hello(self_ptr self, std::uint32_t oldest, std::uint32_t newest, const std::string& kind,
             const std::string& peer, const caf::strong_actor_ptr& actor) {
  auto agreed = std::min(newest, protocol_newest);
  if (oldest > newest || agreed < std::max(oldest, protocol_oldest))
    return make_error(errc::protocol_mismatch, "this admin speaks protocol " + range(protocol_oldest, protocol_newest) +
                                                   ", the caller " + range(oldest, newest) +
                                                   ": upgrade the older of the two");
  if (!actor || peer.size() > limits::name_bytes)
    return make_error(errc::invalid_argument, "a hello names its sender and its actor");
  if (kind == "operator") return {agreed, caf::actor_cast<caf::strong_actor_ptr>(self->state.cfg.operators)};
  if (kind == "executor") {
    auto link = self->state.cfg.link;
    link.executor = caf::actor_cast<executor_actor>(actor);
    return {agreed, caf::actor_cast<caf::strong_actor_ptr>(spawn_executor_link(self->system(), std::move(link)))};
  }
  return make_error(errc::invalid_argument,
                    "unknown kind of peer \"" + clean_text(kind, 32) + "\": executor or operator");
}

gate_actor::behavior_type gate(self_ptr self, gate_config cfg) {
  self->state = gate_state{std::move(cfg)};
  self->set_exit_handler([self](caf::exit_msg& em) {
    self->state.cfg = gate_config{};
    self->quit(std::move(em.reason));
  });
  return {[self](hello_atom, std::uint32_t oldest, std::uint32_t newest, const std::string& kind,
                 const std::string& peer,
                 const caf::strong_actor_ptr& actor) { return hello(self, oldest, newest, kind, peer, actor); }};
}

} // namespace

gate_actor spawn_gate(caf::actor_system& sys, gate_config cfg) { return sys.spawn(gate, std::move(cfg)); }

} // namespace xxl::admin
