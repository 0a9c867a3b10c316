#pragma once
// Connections between processes: messages are carried in order within a connection, each way with delays of its own.
// What may be sent again by design (orders, returns, results, kills, journals) comes again at times, a little later and
// as if its sender had. A cut loses a tail of what was on its way; the head may still come, even after the next
// connection's hello. Each side learns of the end in its own time, as sockets do.
//
// Each end sees the other's actors as remote ones: proxies that stand for them, whose end is told to those that monitor
// them, as CAF's own remoting does it.

#include "protocol/actors.hpp"
#include "tests/simulation/world.hpp"
#include "transport/transport.hpp"

#include <caf/actor_proxy.hpp>
#include <caf/mailbox_element.hpp>

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace xxl::sim {

class network;

/// One TCP connection, from the process that dialled to the one that listened.
class connection {
public:
  enum side : std::size_t { dialler = 0, listener = 1 };

  connection(network& net, std::uint64_t number, process from, process to);
  ~connection();

  const std::uint64_t number;
  process at(side s) const { return who_[s]; }
  bool open() const { return open_; }

  /// How `s` sees an actor of the other side.
  caf::strong_actor_ptr seen_from(side s, const caf::strong_actor_ptr& actor);

  /// Nothing arrives at that side before then; moment::max(): before flow().
  void stall(side to, moment until);
  void flow(side to);
  /// Of what is on its way a part arrives, the rest is lost. Each side learns of it after that time.
  void cut(span dialler_learns, span listener_learns);
  /// That side's process is gone: what it has sent arrives, then the other side hears of it.
  void close(side from);

private:
  class proxy;
  struct item {
    moment due;
    caf::strong_actor_ptr to, sender;
    caf::message_id mid;
    caf::message content;
    caf::actor_id ended = 0; ///< not a message: that actor has ended, `content` says why
  };
  static side other(side s) { return s == dialler ? listener : dialler; }
  /// A message that leaves `from` for an actor of the other side.
  void carry(side from, const caf::strong_actor_ptr& to, caf::mailbox_element_ptr what);
  void tell_end(side from, caf::actor_id actor, const caf::error& why);
  void send(side to, item what);
  /// As if its sender repeated it.
  void come_again(side to, const item& what);
  void arrive_at(side to, moment when);
  void arrive(side to);
  void hand_over(side to, item what);
  /// Actors of the other side are gone for this one.
  void learn_after(span wait, side s);
  /// The actors that a hello and its answer name, as that side sees them.
  caf::message translate(side to, caf::message content);

  network& net_;
  std::array<process, 2> who_;
  bool open_ = true;
  std::array<std::deque<item>, 2> coming_; ///< to each side
  std::array<moment, 2> last_{}, stalled_{};
  std::array<std::map<caf::actor_id, caf::strong_actor_ptr>, 2> seen_; ///< proxies, by what they stand for
};

/// What the laws look at: each message when it is sent and when it arrives.
struct wiretap {
  virtual ~wiretap() = default;
  virtual void sent(const connection& c, connection::side from, const caf::message& what) = 0;
  virtual void arrived(const connection& c, connection::side to, const caf::message& what) = 0;
};

class network {
public:
  struct traits {
    span latency_most = 2ms;
    double hiccup = 0; ///< of messages, that many are late by up to `hiccup_most`
    span hiccup_most = 0ns;
    double repeat = 0; ///< of messages that may be repeated, that many come again
    span silence = 5s; ///< after which a side gives up a connection from which nothing comes
  };
  network(world& w, dice random, traits t, wiretap& tap) : world_{w}, random_{random}, traits_{t}, tap_{tap} {}

  /// That process accepts connections at that port, for that gate.
  void listen(std::uint16_t port, process who, gate_actor gate);
  /// Its sockets go with it: what it has sent arrives, then the others hear of it.
  void gone(process who);
  /// Its host is gone without a word.
  void host_gone(process who);
  /// It has been frozen: after a while of silence the others give it up, unless it has woken.
  void fell_silent(process who);
  /// What a process gives its executor to dial with.
  transport::dialer_actor dialer(process who);

  /// Between hosts of those names nothing arrives any more, and nothing can be dialled.
  void part(const std::string& one, const std::string& another);
  void heal(const std::string& one, const std::string& another);
  bool parted(const std::string& one, const std::string& another) const;

  std::vector<connection*> open_connections();
  /// From now on nothing is late by itself.
  void be_good() { traits_.hiccup = traits_.repeat = 0; }

private:
  friend class connection;
  struct place {
    process who;
    gate_actor gate;
  };
  friend class dialling;
  /// Null: nobody answers there; nothing at all: not even that.
  std::optional<gate_actor> reach(process from, std::uint16_t port);
  span latency();
  std::vector<connection*> of(process who);
  std::vector<connection*> between(const std::string& one, const std::string& another);

  world& world_;
  dice random_;
  traits traits_;
  wiretap& tap_;
  std::map<std::uint16_t, place> listening_;
  std::vector<std::unique_ptr<connection>> connections_;
  std::set<std::pair<std::string, std::string>> parted_;
};

} // namespace xxl::sim
