#include "transport/transport.hpp"

#include <gtest/gtest.h>

namespace xxl::transport {
namespace {

std::string reread(std::string_view text) {
  auto e = parse_endpoint(text);
  return e ? to_string(*e) : "refused";
}

TEST(Endpoint, ReadsHostAndPort) {
  auto e = parse_endpoint("admin1.example:7788");
  ASSERT_TRUE(e);
  EXPECT_EQ(e->host, "admin1.example");
  EXPECT_EQ(e->port, 7788);
}

TEST(Endpoint, KeepsTheBracketsOfIpv6OutOfTheHost) {
  auto e = parse_endpoint("[::1]:65535");
  ASSERT_TRUE(e);
  EXPECT_EQ(e->host, "::1");
  EXPECT_EQ(to_string(*e), "[::1]:65535");
}

TEST(Endpoint, WritesWhatItReads) {
  for (auto* text : {"127.0.0.1:1", "localhost:7788", "[fe80::1]:7788"}) EXPECT_EQ(reread(text), text);
}

TEST(Endpoint, RefusesWhatIsNotHostAndPort) {
  for (auto* text : {"",        ":",       ":80",     "host",           "host:",      "host:0",   "host:65536",
                     "host:-1", "host:+1", "host:8o", "host: 80",       "host:80 ",   "::1:80",   "[::1]",
                     "[::1:80", "[]:80",   "a b:80",  "http://host:80", "me@host:80", "[::1]x:80"})
    EXPECT_EQ(reread(text), "refused") << text;
}

TEST(Endpoint, LoopbackIsTheWholeOf127AndTheNameOfIt) {
  for (auto* host : {"127.0.0.1", "127.9.9.9", "::1", "localhost"}) EXPECT_TRUE(is_loopback({host, 1})) << host;
  for (auto* host : {"0.0.0.0", "::", "10.0.0.1", "127.example.com", "128.0.0.1", "localhost.example.com", ""})
    EXPECT_FALSE(is_loopback({host, 1})) << host;
}

} // namespace
} // namespace xxl::transport
