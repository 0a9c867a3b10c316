#include "tests/simulation/network.hpp"

#include "protocol/errors.hpp"
#include "tests/simulation/sometimes.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/make_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <algorithm>
#include <utility>

namespace xxl::sim {
namespace {

constexpr auto dial_deadline = 2s;
constexpr auto never = moment::max();
constexpr auto repeated_within = 2s;

/// What a sender may repeat, whatever became of the first one.
bool repeatable(const caf::message& m) {
  return m.match_elements<run_atom, order_batch>() || m.match_elements<return_atom, return_batch>() ||
         m.match_elements<callback_atom, callback_batch>() || m.match_elements<ack_atom, std::uint64_t>() ||
         m.match_elements<kill_atom, kill_batch>() || m.match_elements<progress_atom, progress_batch>() ||
         m.match_elements<life_atom, life_report>();
}

} // namespace

// ---- one connection

/// Stands for an actor of the other side.
class connection::proxy final : public caf::actor_proxy {
public:
  proxy(caf::actor_config& cfg, connection& c, side holder, caf::strong_actor_ptr real)
      : caf::actor_proxy{cfg}, connection_{c}, holder_{holder}, real_{std::move(real)} {}

  using caf::actor_proxy::enqueue;
  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) override {
    connection_.carry(holder_, real_, std::move(what));
  }
  void kill_proxy(caf::execution_unit* host, caf::error why) override { cleanup(std::move(why), host); }

private:
  connection& connection_;
  side holder_;
  caf::strong_actor_ptr real_;
};

connection::connection(network& net, std::uint64_t n, process from, process to)
    : number{n}, net_{net}, who_{from, to} {}
connection::~connection() = default;

caf::strong_actor_ptr connection::seen_from(side s, const caf::strong_actor_ptr& actor) {
  if (!actor) return nullptr;
  auto& known = seen_[s][actor->id()];
  if (known) return known;
  auto& sys = net_.world_.system();
  caf::actor_config cfg;
  known = caf::make_actor<proxy, caf::strong_actor_ptr>(sys.next_actor_id(), sys.node(), &sys, cfg, *this, s, actor);
  actor->get()->attach_functor([this, s, id = actor->id()](const caf::error& why) { tell_end(other(s), id, why); });
  return known;
}

caf::message connection::translate(side to, caf::message content) {
  using caf::strong_actor_ptr;
  if (content.match_elements<hello_atom, std::uint32_t, std::uint32_t, std::string, std::string, strong_actor_ptr>())
    return caf::make_message(hello_atom_v, content.get_as<std::uint32_t>(1), content.get_as<std::uint32_t>(2),
                             content.get_as<std::string>(3), content.get_as<std::string>(4),
                             seen_from(to, content.get_as<strong_actor_ptr>(5)));
  if (content.match_elements<std::uint32_t, strong_actor_ptr>())
    return caf::make_message(content.get_as<std::uint32_t>(0), seen_from(to, content.get_as<strong_actor_ptr>(1)));
  return content;
}

void connection::carry(side from, const caf::strong_actor_ptr& to, caf::mailbox_element_ptr what) {
  if (!open_ || !net_.world_.alive(who_[from])) return;
  auto content = what->move_content_to_message();
  net_.tap_.sent(*this, from, content);
  item leaving{{}, to, std::move(what->sender), what->mid, std::move(content)};
  if (repeatable(leaving.content) && net_.random_.chance(net_.traits_.repeat)) come_again(other(from), leaving);
  send(other(from), std::move(leaving));
}

void connection::come_again(side to, const item& what) {
  net_.world_.in(net_.random_.between(0ns, repeated_within), process::nobody, [this, to, what] {
    if (!open_) return;
    sometimes("a message comes twice");
    send(to, what);
  });
}

void connection::tell_end(side from, caf::actor_id actor, const caf::error& why) {
  if (!open_ || !net_.world_.alive(who_[from])) return;
  send(other(from), {{}, {}, {}, {}, caf::make_message(why), actor});
}

void connection::send(side to, item what) {
  last_[to] = what.due = std::max(last_[to], net_.world_.now() + net_.latency());
  coming_[to].push_back(std::move(what));
  arrive_at(to, last_[to]);
}

void connection::arrive_at(side to, moment when) {
  if (stalled_[to] == never) return;
  // Nobody's event: what arrives at a frozen process waits in its mailboxes.
  net_.world_.at(std::max(when, stalled_[to]), process::nobody, [this, to] { arrive(to); });
}

void connection::arrive(side to) {
  auto& queue = coming_[to];
  auto now = net_.world_.now();
  while (now >= stalled_[to] && !queue.empty() && queue.front().due <= now) {
    auto next = std::move(queue.front());
    queue.pop_front();
    if (net_.world_.alive(who_[to])) net_.world_.as(who_[to], [&] { hand_over(to, std::move(next)); });
  }
}

void connection::hand_over(side to, item what) {
  if (what.ended != 0) {
    if (auto gone = seen_[to].extract(what.ended))
      static_cast<proxy*>(gone.mapped()->get())->kill_proxy(nullptr, what.content.get_as<caf::error>(0));
    return;
  }
  net_.tap_.arrived(*this, to, what.content);
  what.to->get()->enqueue(seen_from(to, what.sender), what.mid, translate(to, std::move(what.content)), nullptr);
}

void connection::stall(side to, moment until) {
  if (until <= stalled_[to]) return;
  stalled_[to] = until;
  arrive_at(to, until);
}

void connection::flow(side to) {
  stalled_[to] = net_.world_.now();
  for (auto& what : coming_[to]) arrive_at(to, what.due);
}

void connection::learn_after(span wait, side s) {
  net_.world_.in(wait, who_[s], [this, s] {
    for (auto& [id, actor] : std::exchange(seen_[s], {}))
      static_cast<proxy*>(actor->get())->kill_proxy(nullptr, caf::exit_reason::remote_link_unreachable);
  });
}

void connection::cut(span dialler_learns, span listener_learns) {
  if (!std::exchange(open_, false)) return;
  for (auto to : {dialler, listener}) {
    auto& queue = coming_[to];
    queue.resize(net_.random_.below(queue.size() + 1));
    if (net_.random_.chance(0.5))
      flow(to);
    else // as if a segment had to be sent again
      stall(to, net_.world_.now() + net_.random_.between(0ns, 3s));
    learn_after(to == dialler ? dialler_learns : listener_learns, to);
  }
}

void connection::close(side from) {
  if (!std::exchange(open_, false)) return;
  auto to = other(from);
  if (stalled_[to] == never) flow(to);
  learn_after(std::max<span>(std::max(last_[to], stalled_[to]) - net_.world_.now(), 0ns) + net_.latency(), to);
}

// ---- dialling

struct dialling_state {
  dialling_state() = default;
  std::map<std::uint64_t, std::pair<caf::typed_response_promise<gate_actor>, std::uint16_t>> under_way;
  std::uint64_t number = 0;
};
using dialling_ptr = caf::stateful_actor<dialling_state>*;

class dialling {
public:
  static caf::behavior behave(dialling_ptr self, network* net, process who) {
    return {[self, net](caf::connect_atom, const std::string&, std::uint16_t port) {
              auto promise = self->make_response_promise<gate_actor>();
              auto number = ++self->state.number;
              self->state.under_way.emplace(number, std::pair{promise, port});
              self->delayed_send(self, net->latency() + net->latency(), number);
              return promise;
            },
            [self, net, who](std::uint64_t number) {
              auto it = self->state.under_way.find(number);
              if (it == self->state.under_way.end()) return;
              auto gate = net->reach(who, it->second.second);
              if (!gate) { // not even a refusal comes back
                self->delayed_send(self, dial_deadline, number, caf::timeout_atom::value);
                return;
              }
              if (*gate)
                it->second.first.deliver(*gate);
              else
                it->second.first.deliver(make_error(errc::unavailable, "connection refused"));
              self->state.under_way.erase(it);
            },
            [self](std::uint64_t number, caf::timeout_atom) {
              auto late = self->state.under_way.extract(number);
              late.mapped().first.deliver(make_error(errc::deadline_exceeded, "no answer"));
            }};
  }
};

std::optional<gate_actor> network::reach(process from, std::uint16_t port) {
  auto there = listening_.find(port);
  if (there == listening_.end()) return gate_actor{};
  auto& [who, gate] = there->second;
  if (parted(world_.name(from), world_.name(who)) || world_.frozen(who)) return std::nullopt;
  connections_.push_back(std::make_unique<connection>(*this, connections_.size() + 1, from, who));
  return caf::actor_cast<gate_actor>(
      connections_.back()->seen_from(connection::dialler, caf::actor_cast<caf::strong_actor_ptr>(gate)));
}

transport::dialer_actor network::dialer(process who) {
  return caf::actor_cast<transport::dialer_actor>(world_.system().spawn(dialling::behave, this, who));
}

// ---- all of them

void network::listen(std::uint16_t port, process who, gate_actor gate) { listening_[port] = {who, std::move(gate)}; }

span network::latency() {
  auto wait = random_.between(50us, traits_.latency_most);
  return random_.chance(traits_.hiccup) ? wait + random_.between(0ns, traits_.hiccup_most) : wait;
}

std::vector<connection*> network::open_connections() {
  std::vector<connection*> found;
  for (auto& c : connections_)
    if (c->open()) found.push_back(c.get());
  return found;
}

std::vector<connection*> network::of(process who) {
  auto all = open_connections();
  std::erase_if(all, [&](auto* c) { return c->at(connection::dialler) != who && c->at(connection::listener) != who; });
  return all;
}

std::vector<connection*> network::between(const std::string& one, const std::string& another) {
  auto all = open_connections();
  std::erase_if(all, [&](auto* c) {
    auto& a = world_.name(c->at(connection::dialler));
    auto& b = world_.name(c->at(connection::listener));
    return !(a == one && b == another) && !(a == another && b == one);
  });
  return all;
}

void network::gone(process who) {
  std::erase_if(listening_, [&](auto& l) { return l.second.who == who; });
  for (auto* c : of(who)) c->close(c->at(connection::dialler) == who ? connection::dialler : connection::listener);
}

void network::host_gone(process who) {
  std::erase_if(listening_, [&](auto& l) { return l.second.who == who; });
  for (auto* c : of(who)) c->cut(traits_.silence, traits_.silence);
}

void network::fell_silent(process who) {
  world_.in(traits_.silence, process::nobody, [this, who] {
    if (!world_.frozen(who)) return;
    for (auto* c : of(who)) c->cut(latency(), latency());
  });
}

bool network::parted(const std::string& one, const std::string& another) const {
  return parted_.contains({std::min(one, another), std::max(one, another)});
}

void network::part(const std::string& one, const std::string& another) {
  if (!parted_.insert({std::min(one, another), std::max(one, another)}).second) return;
  for (auto* c : between(one, another))
    for (auto to : {connection::dialler, connection::listener}) c->stall(to, never);
  world_.in(traits_.silence, process::nobody, [this, one, another] {
    if (!parted(one, another)) return;
    for (auto* c : between(one, another)) c->cut(random_.between(0ns, 1s), random_.between(0ns, 1s));
  });
}

void network::heal(const std::string& one, const std::string& another) {
  if (parted_.erase({std::min(one, another), std::max(one, another)}) == 0) return;
  for (auto* c : between(one, another))
    for (auto to : {connection::dialler, connection::listener}) c->flow(to);
}

} // namespace xxl::sim
