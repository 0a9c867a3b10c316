#include "cli/admin.hpp"

#include "config/duration.hpp"
#include "protocol/clock.hpp"
#include "protocol/errors.hpp"
#include "protocol/messages.hpp"

#include <caf/sec.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace xxl::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto dial_deadline = 2s;
constexpr auto hello_deadline = 3s;

/// What the gate gave, or why there is none.
struct entry {
  std::optional<operator_actor> door;
  std::string why;
};

entry enter(caf::scoped_actor& self, const transport::dialer_actor& dialer, const endpoint& where,
            const std::string& who) {
  entry e;
  gate_actor gate;
  self->request(dialer, dial_deadline + 2s, caf::connect_atom_v, where.host, where.port)
      .receive([&](gate_actor& g) { gate = std::move(g); }, [&](const caf::error& err) { e.why = text_of(err); });
  if (!gate) return e;
  auto me = caf::actor_cast<caf::strong_actor_ptr>(self.ptr());
  self->request(gate, hello_deadline, hello_atom_v, protocol_oldest, protocol_newest, std::string{"operator"}, who, me)
      .receive(
          [&](std::uint32_t, caf::strong_actor_ptr& door) {
            if (door)
              e.door = caf::actor_cast<operator_actor>(door);
            else
              e.why = "it gave no access to operators";
          },
          [&](const caf::error& err) {
            e.why = err == caf::sec::request_timeout ? "it does not answer the hello" : text_of(err);
          });
  return e;
}

exit_code exit_code_of(errc code) {
  switch (code) {
  case errc::not_found: return exit_code::not_found;
  case errc::deadline_exceeded: return exit_code::no_answer;
  case errc::protocol_mismatch: return exit_code::unreachable;
  default: return exit_code::failed;
  }
}

} // namespace

failure failure_of(const caf::error& e, const std::string& admin, std::chrono::milliseconds patience) {
  if (code_of(e) != errc::none) return {exit_code_of(code_of(e)), text_of(e)};
  if (e == caf::sec::request_timeout)
    return {exit_code::no_answer, "admin " + admin + " did not answer within " + config::format_duration(patience) +
                                      "; look whether a change has happened before repeating it"};
  return {exit_code::unreachable, "admin " + admin + ": the connection was lost (" + text_of(e) + ")"};
}

admin connect(caf::actor_system& sys, std::span<const endpoint> endpoints, const std::string& who) {
  caf::scoped_actor self{sys};
  auto dialer = transport::spawn_dialer(sys, dial_deadline);
  std::string all;
  std::optional<admin> found;
  for (auto& where : endpoints) {
    auto e = enter(self, dialer, where, who);
    auto name = to_string(where);
    if (e.door) {
      found.emplace(sys, *e.door, name);
      break;
    }
    bool named = e.why.find(name) != std::string::npos;
    all += "\n  " + (named ? e.why : name + ": " + e.why);
  }
  self->send_exit(dialer, caf::exit_reason::user_shutdown);
  if (!found) throw failure{exit_code::unreachable, "no admin could be reached; is xxl-node running there?" + all};
  return std::move(*found);
}

// In steps: a blocking actor begins its wait anew with each message that comes meanwhile, and the timeouts of requests
// that were answered long ago are messages.
void admin::wait(std::chrono::milliseconds d) {
  constexpr std::chrono::nanoseconds step = std::chrono::milliseconds{50};
  auto& clock = system_clock();
  for (auto until = clock.boot() + d; clock.boot() < until;)
    (*self_)->receive(caf::after(std::min(step, until - clock.boot())) >> [] {});
}

} // namespace xxl::cli
