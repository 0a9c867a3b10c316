#include "tests/e2e/harness/nodes.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

namespace xxl::e2e {
namespace {

command node_command(const workspace& place, const words& flags, const variables& environment) {
  command c{{program("xxl-node")}, environment, place / ""};
  c.words.insert(c.words.end(), flags.begin(), flags.end());
  return c;
}

command ctl_command(const std::vector<std::string>& admins, const words& verb) {
  command c{{program("xxlctl")}, {}, "/"};
  for (auto& admin : admins) c.words.insert(c.words.end(), {"--admin", admin});
  c.words.insert(c.words.end(), verb.begin(), verb.end());
  return c;
}

void require(bool held, const std::string& what) {
  if (!held) throw std::runtime_error{what + " within " + std::to_string(patience.count()) + " ms"};
}

} // namespace

std::string program(const std::string& name) {
  auto* folder = std::getenv("XXL_BIN_DIR");
  if (folder == nullptr) throw std::runtime_error{"set XXL_BIN_DIR to the folder of the built programs"};
  return std::string{folder} + "/" + name;
}

process start_node(const workspace& place, const words& flags, const variables& environment) {
  return process{node_command(place, flags, environment)};
}

finished run_node(const workspace& place, const words& flags, const variables& environment) {
  return run(node_command(place, flags, environment));
}

process start_ctl(const std::vector<std::string>& admins, const words& verb) {
  return process{ctl_command(admins, verb)};
}

finished admin_at::ctl(const words& verb, std::chrono::milliseconds most) const {
  return run(ctl_command({endpoint()}, verb), most);
}

std::string admin_at::ask(const words& verb) const {
  auto answer = ctl(verb);
  if (answer.code == 0) return answer.output;
  std::string said = "xxlctl";
  for (auto& word : verb) said += " " + word;
  throw std::runtime_error{said + " ended with " + std::to_string(answer.code) + ":\n" + answer.output + answer.errors};
}

nlohmann::json admin_at::json(const words& verb) const {
  auto all = verb;
  all.insert(all.end(), {"-o", "json"});
  return nlohmann::json::parse(ask(all));
}

bool admin_at::leads() const {
  auto answer = ctl({"stats", "-o", "json"});
  return answer.code == 0 && nlohmann::json::parse(answer.output).value("leads", false);
}

std::size_t admin_at::executors() const {
  auto answer = ctl({"get", "executors", "-o", "json"});
  if (answer.code != 0) return 0;
  auto all = nlohmann::json::parse(answer.output);
  return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [](auto& e) { return e.value("state", "") == "live" && e.value("connected", false); }));
}

void admin_at::wait_until_it_answers() const {
  require(eventually([this] { return answers(); }, patience), "the admin at " + endpoint() + " did not answer");
}

void admin_at::wait_for_executors(std::size_t n) const {
  require(eventually([&] { return executors() == n; }, patience),
          "the admin at " + endpoint() + " did not see " + std::to_string(n) + " executors");
}

const admin_at& leader_of(const admin_at& one, const admin_at& other) {
  const admin_at* found = nullptr;
  require(eventually(
              [&] {
                found = one.leads() ? &one : other.leads() ? &other : nullptr;
                return found != nullptr;
              },
              patience),
          "neither admin led");
  return *found;
}

} // namespace xxl::e2e
