#include "protocol/endpoint.hpp"

#include <gtest/gtest.h>

namespace xxl {
namespace {

/// The text of what was read, or the error.
std::string reread(std::string_view text, std::uint16_t least_port = 1) {
  auto parsed = parse_endpoint(text, least_port);
  if (auto* why = std::get_if<std::string>(&parsed)) return *why;
  return to_string(std::get<endpoint>(parsed));
}

TEST(Endpoint, IsReadFromHostAndPort) {
  EXPECT_EQ(std::get<endpoint>(parse_endpoint("admin1.example:7788")), (endpoint{"admin1.example", 7788}));
}

TEST(Endpoint, KeepsTheBracketsOfIpv6OutOfTheHost) {
  EXPECT_EQ(std::get<endpoint>(parse_endpoint("[::1]:65535")), (endpoint{"::1", 65'535}));
}

TEST(Endpoint, IsWrittenAsItIsRead) {
  for (auto* text : {"127.0.0.1:1", "localhost:7788", "[fe80::1]:7788"}) EXPECT_EQ(reread(text), text);
}

TEST(Endpoint, IsNothingButHostAndPort) {
  for (auto* text : {"",        ":",        ":80",       "host",   "host:",          "host:-1",    "host:+1",
                     "host:8o", "host: 80", "host:80 ",  "::1:80", "[::1]",          "[::1:80",    "[]:80",
                     "a b:80",  "a\n:80",   "[host]:80", "[1]:80", "http://host:80", "me@host:80", "[::1]x:80"})
    EXPECT_EQ(reread(text), "\"" + std::string{text} + "\" is not HOST:PORT, such as 127.0.0.1:7788 or [::1]:7788");
}

TEST(Endpoint, PortZeroIsForThoseWhoAskForIt) {
  EXPECT_EQ(reread("host:0"), "\"host:0\" has a port out of range: 1 to 65535");
  EXPECT_EQ(reread("host:0", 0), "host:0");
  EXPECT_EQ(reread("host:65536", 0), "\"host:65536\" has a port out of range: 0 to 65535");
}

TEST(Endpoint, ErrorsShowNoMoreThanTheBeginning) {
  EXPECT_EQ(reread(std::string(1'000, 'x')),
            "\"" + std::string(128, 'x') + "\" is not HOST:PORT, such as 127.0.0.1:7788 or [::1]:7788");
}

TEST(Endpoint, LoopbackIsTheWholeOf127AndTheNameOfIt) {
  for (auto* host : {"127.0.0.1", "127.9.9.9", "::1", "localhost"}) EXPECT_TRUE(is_loopback({host, 1})) << host;
  for (auto* host :
       {"0.0.0.0", "::", "10.0.0.1", "127.example.com", "127.0.0.1.1", "128.0.0.1", "localhost.example.com", ""})
    EXPECT_FALSE(is_loopback({host, 1})) << host;
}

} // namespace
} // namespace xxl
