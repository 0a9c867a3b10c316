#pragma once
// One admin, as a verb talks to it: requests that block with a deadline and end in an answer or a failure.

#include "cli/exit_code.hpp"
#include "protocol/actors.hpp"
#include "transport/transport.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <variant>

namespace xxl::cli {

/// What an error answer of `admin` means for the shell.
failure failure_of(const caf::error& e, const std::string& admin, std::chrono::milliseconds patience);

class admin {
public:
  /// `name` is for people: the endpoint.
  admin(caf::actor_system& sys, operator_actor handle, std::string name,
        std::chrono::milliseconds patience = std::chrono::seconds{40})
      : self_{std::make_unique<caf::scoped_actor>(sys)},
        handle_{std::move(handle)},
        name_{std::move(name)},
        patience_{patience} {}

  /// The answer of type R. Throws failure; at once if the connection is lost, of which CAF tells a monitor, but not the
  /// request that waits.
  template <class R, class... Ts> R ask(Ts... request) {
    using outcome = std::variant<R, caf::error>;
    auto answer = std::make_shared<std::promise<outcome>>();
    auto asked = answer->get_future();
    (*self_)->spawn([=, handle = handle_, patience = patience_](caf::event_based_actor* courier) {
      courier->set_down_handler([=](caf::down_msg& lost) {
        answer->set_value(outcome{std::move(lost.reason)});
        courier->quit();
      });
      courier->monitor(handle);
      courier->request(handle, patience, request...)
          .then(
              [=](R& x) {
                answer->set_value(outcome{std::move(x)});
                courier->quit();
              },
              [=](caf::error& e) {
                answer->set_value(outcome{std::move(e)});
                courier->quit();
              });
    });
    auto got = asked.get();
    if (auto* e = std::get_if<caf::error>(&got)) throw failure_of(*e, name_, patience_);
    return std::get<R>(std::move(got));
  }

  /// Lets time pass.
  void wait(std::chrono::milliseconds d);

private:
  std::unique_ptr<caf::scoped_actor> self_; ///< by pointer: it cannot be moved
  operator_actor handle_;
  std::string name_;
  std::chrono::milliseconds patience_;
};

/// The first of `endpoints` that lets us in. `who` names the operator. Throws failure (unreachable) that says of each
/// why not.
admin connect(caf::actor_system& sys, std::span<const endpoint> endpoints, const std::string& who);

} // namespace xxl::cli
