#include "protocol/endpoint.hpp"

#include <arpa/inet.h>
#include <charconv>

namespace xxl {
namespace {

bool is_ipv4(const std::string& text) {
  in_addr address{};
  return ::inet_pton(AF_INET, text.c_str(), &address) == 1;
}

bool is_ipv6(const std::string& text) {
  in6_addr address{};
  return ::inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

/// "host", "[ipv6]"; empty if it is neither. An IPv6 address needs its brackets, or its last group would pass for the
/// port.
std::string host_in(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) {
    std::string address{text.substr(1, text.size() - 2)};
    return is_ipv6(address) ? address : std::string{};
  }
  return text.find_first_of("[]:/@ \t\r\n") == std::string_view::npos ? std::string{text} : std::string{};
}

} // namespace

std::variant<endpoint, std::string> parse_endpoint(std::string_view text, std::uint16_t least_port) {
  auto quoted = "\"" + std::string{text.substr(0, 128)} + "\"";
  auto colon = text.rfind(':');
  auto host = colon == std::string_view::npos ? std::string{} : host_in(text.substr(0, colon));
  auto digits = text.substr(colon + 1); // npos + 1: all of it
  if (host.empty() || digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos)
    return quoted + " is not HOST:PORT, such as 127.0.0.1:7788 or [::1]:7788";
  std::uint16_t port = 0;
  auto failure = std::from_chars(digits.data(), digits.data() + digits.size(), port).ec;
  if (failure != std::errc{} || port < least_port)
    return quoted + " has a port out of range: " + std::to_string(least_port) + " to 65535";
  return endpoint{std::move(host), port};
}

std::string to_string(const endpoint& e) {
  auto host = e.host.find(':') == std::string::npos ? e.host : "[" + e.host + "]";
  return host + ":" + std::to_string(e.port);
}

bool is_loopback(const endpoint& e) {
  return e.host == "localhost" || e.host == "::1" || (e.host.starts_with("127.") && is_ipv4(e.host));
}

} // namespace xxl
