#include "config/secrets.hpp"

#include <algorithm>

namespace xxl::config {
namespace {

constexpr std::string_view mask = "***";

std::string lower_case(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

/// scheme://user:PASSWORD@host. The last "@" counts: a password that was not percent-encoded may hold one, and "/" and
/// "?" too.
void mask_user_info(std::string& text) {
  auto start = text.find("://");
  auto at = text.rfind('@');
  if (start == std::string::npos || at == std::string::npos || at < start + 3) return;
  auto colon = text.find(':', start + 3);
  if (colon < at) text.replace(colon + 1, at - colon - 1, mask);
}

/// password=SECRET, sslpassword=SECRET, up to the next parameter.
void mask_parameters(std::string& text) {
  constexpr std::string_view key = "password=";
  for (std::size_t from = 0;;) {
    auto found = lower_case(text).find(key, from);
    if (found == std::string::npos) return;
    auto value = found + key.size();
    text.replace(value, std::min(text.find('&', value), text.size()) - value, mask);
    from = value + mask.size();
  }
}

} // namespace

std::string mask_secrets(std::string_view text) {
  std::string out{text};
  mask_user_info(out);
  mask_parameters(out);
  return out;
}

bool may_hold_secret(std::string_view line) {
  return line.find('@') != std::string_view::npos || line.find("://") != std::string_view::npos ||
         lower_case(line).find("password") != std::string::npos;
}

} // namespace xxl::config
