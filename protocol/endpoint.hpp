#pragma once
// Where a node listens and is dialled: a host and a port, as people write them.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace xxl {

struct endpoint {
  std::string host; ///< a name or an address; IPv6 without its brackets
  std::uint16_t port = 0;
  friend bool operator==(const endpoint&, const endpoint&) = default;
};

/// "admin1.example:7788", "127.0.0.1:7788" or "[::1]:7788", with a port from `least_port` to 65535. The other
/// alternative is the error, for people: `"localhost" is not HOST:PORT, such as ...`.
std::variant<endpoint, std::string> parse_endpoint(std::string_view text, std::uint16_t least_port = 1);

/// What parse_endpoint reads as the same value.
std::string to_string(const endpoint& e);

/// True for localhost, ::1 and 127.0.0.0/8 in four numbers: a name that only begins with 127. may lead anywhere.
bool is_loopback(const endpoint& e);

} // namespace xxl
