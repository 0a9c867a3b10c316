#pragma once
// The programs of the product as tests start them: xxl-node in its roles, xxlctl, and the recorder, an executor of our
// own.

#include "tests/e2e/harness/process.hpp"
#include "tests/e2e/harness/workspace.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace xxl::e2e {

using words = std::vector<std::string>;

/// A built program: its full path below XXL_BIN_DIR.
std::string program(const std::string& name);

using variables = std::map<std::string, std::string>;

/// xxl-node with these words, in a directory of its own.
process start_node(const workspace& place, const words& flags, const variables& environment = {});
/// The same, run to its end: for command lines that it refuses.
finished run_node(const workspace& place, const words& flags, const variables& environment = {});
/// xxlctl with these words; it may try each of these admins ("host:port").
process start_ctl(const std::vector<std::string>& admins, const words& verb);

/// An admin, or standalone node, that listens on `port`.
class admin_at {
public:
  explicit admin_at(std::uint16_t port) : port_{port} {}
  std::uint16_t port() const { return port_; }
  std::string endpoint() const { return "127.0.0.1:" + std::to_string(port_); }

  /// xxlctl with these words.
  finished ctl(const words& verb, std::chrono::milliseconds most = patience) const;
  /// The same, which must succeed: its output; throws with all it said otherwise.
  std::string ask(const words& verb) const;
  /// The same with -o json, parsed.
  nlohmann::json json(const words& verb) const;

  bool answers() const { return ctl({"stats"}).code == 0; }
  bool leads() const;
  /// How many executors are live and connected.
  std::size_t executors() const;
  /// Throws if it does not come true in time.
  void wait_until_it_answers() const;
  void wait_for_executors(std::size_t n) const;

private:
  std::uint16_t port_;
};

/// Which of the two leads, once one does.
const admin_at& leader_of(const admin_at& one, const admin_at& other);

} // namespace xxl::e2e
