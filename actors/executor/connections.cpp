#include "actors/executor/connections.hpp"

#include "actors/executor/relay.hpp"
#include "protocol/errors.hpp"

#include <caf/actor_cast.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace xxl::executor {

connections::connections(executor_node_actor::pointer self, connections_config cfg, events tell)
    : self_{self}, cfg_{std::move(cfg)}, tell_{std::move(tell)} {
  auto seed = cfg_.jitter_seed;
  for (auto& e : cfg_.admins) all_.emplace_back(to_string(e), e, ++seed);
  if (cfg_.local_gate) all_.emplace_back("this process", std::nullopt, ++seed);
}

connection* connections::find(std::uint64_t number) {
  auto it = std::find_if(all_.begin(), all_.end(), [&](auto& c) { return c.number == number; });
  return it == all_.end() ? nullptr : &*it;
}

connection* connections::leader(epoch_id highest) {
  auto it =
      std::find_if(all_.begin(), all_.end(), [&](auto& c) { return c.live() && c.adopted && c.adopted == highest; });
  return it == all_.end() ? nullptr : &*it;
}

connection* connections::any(epoch_id highest) {
  if (auto* c = leader(highest)) return c;
  auto it = std::find_if(all_.begin(), all_.end(), [](auto& c) { return c.live(); });
  return it == all_.end() ? nullptr : &*it;
}

void connections::dial_all(log_store_actor logs) {
  logs_ = std::move(logs);
  for (std::size_t i = 0; i < all_.size(); ++i) dial({i, all_[i].number});
}

void connections::dial(const dial_tick& tick) {
  auto& c = all_.at(tick.admin);
  if (c.number != tick.connection || over_) return; // a newer attempt is on its way
  auto number = c.number = ++numbers_;
  if (!c.where) return greet(tick.admin, *cfg_.local_gate);
  self_->request(cfg_.dialer, cfg_.patience, caf::connect_atom_v, c.where->host, c.where->port)
      .then(
          [this, index = tick.admin, number](const gate_actor& gate) {
            if (all_[index].number == number) greet(index, gate);
          },
          [this, number](const caf::error& why) { fail(number, why); });
}

void connections::greet(std::size_t index, const gate_actor& gate) {
  auto& c = all_[index];
  auto number = c.number;
  c.relay = spawn_relay(self_->system(), number, executor_node_actor{self_}, logs_);
  self_
      ->request(gate, cfg_.patience, hello_atom_v, protocol_oldest, protocol_newest, std::string{"executor"},
                cfg_.executor, caf::actor_cast<caf::strong_actor_ptr>(c.relay))
      .then(
          [this, index, number](std::uint32_t protocol, const caf::strong_actor_ptr& link) {
            if (all_[index].number == number) enlist(index, protocol, link);
          },
          [this, number](const caf::error& why) { fail(number, why); });
}

void connections::enlist(std::size_t index, std::uint32_t protocol, const caf::strong_actor_ptr& raw) {
  auto& c = all_[index];
  if (!raw || protocol < protocol_oldest || protocol > protocol_newest)
    return fail(c.number,
                make_error(errc::protocol_mismatch, "the admin answered protocol " + std::to_string(protocol)));
  auto link = caf::actor_cast<executor_link_actor>(raw);
  c.peer = link.address();
  self_->monitor(link);
  tell_.reached(c, link);
}

void connections::fail(std::uint64_t number, const caf::error& why) {
  auto* c = find(number);
  if (c == nullptr || over_) return; // an older connection
  auto text = text_of(why);
  if (std::exchange(c->problem, text) != text)
    spdlog::warn("admin {} cannot be used: {}; trying again for ever", c->text, text);
  close(*c);
  dial_later(*c);
}

void connections::lost(const caf::actor_addr& who) {
  auto it = std::find_if(all_.begin(), all_.end(), [&](auto& c) { return c.peer == who; });
  if (it != all_.end()) fail(it->number, make_error(errc::unavailable, "the connection was lost"));
}

void connections::hang_up() {
  for (auto& c : all_) close(c);
}

void connections::dial_again() {
  for (auto& c : all_) dial_later(c);
}

void connections::close(connection& c) {
  if (c.relay) self_->send_exit(c.relay, caf::exit_reason::user_shutdown);
  if (c.peer) self_->demonitor(c.peer);
  c.relay = nullptr;
  c.peer = nullptr;
  c.link = nullptr;
  c.adopted = {};
  c.told.clear();
  c.used = 0;
  tell_.closed(std::exchange(c.number, ++numbers_)); // answers of the old one count no more
}

void connections::dial_later(connection& c) {
  auto index = static_cast<std::size_t>(&c - all_.data());
  self_->delayed_send(self_, c.wait.next(), dial_tick{index, c.number});
}

void connections::stop() {
  for (auto& c : all_)
    if (c.relay) self_->send_exit(c.relay, caf::exit_reason::user_shutdown);
}

} // namespace xxl::executor
