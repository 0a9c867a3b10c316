#include "protocol/errors.hpp"

#include <caf/atom.hpp>
#include <caf/exit_reason.hpp>
#include <caf/make_message.hpp>
#include <caf/message.hpp>
#include <caf/sec.hpp>

#include <array>
#include <string_view>

namespace xxl {
namespace {
constexpr auto category = caf::atom("xxl");
}

std::string to_string(errc code) {
  static constexpr std::array<std::string_view, 14> names{
      "none",          "invalid_argument",  "not_found",         "already_exists", "not_leader",
      "unavailable",   "deadline_exceeded", "protocol_mismatch", "session_ended",  "name_in_use",
      "limit_reached", "not_supported_yet", "conflict",          "internal"};
  auto i = static_cast<std::size_t>(code);
  return i < names.size() ? std::string{names[i]} : "unknown(" + std::to_string(i) + ")";
}

caf::error make_error(errc code, std::string text) {
  return caf::error{static_cast<std::uint8_t>(code), category, caf::make_message(std::move(text))};
}

errc code_of(const caf::error& e) {
  if (!e || e.category() != category || e.code() > static_cast<std::uint8_t>(errc::internal)) return errc::none;
  return static_cast<errc>(e.code());
}

std::string text_of(const caf::error& e) {
  if (!e) return "no error";
  if (e.category() == category && e.context().match_elements<std::string>()) return e.context().get_as<std::string>(0);
  std::string text;
  if (e.category() == caf::atom("system"))
    text = caf::to_string(static_cast<caf::sec>(e.code()));
  else if (e.category() == caf::atom("exit"))
    text = caf::to_string(static_cast<caf::exit_reason>(e.code()));
  else
    text = caf::to_string(e.category()) + " error " + std::to_string(e.code());
  if (!e.context().empty()) text += " " + caf::to_string(e.context());
  return text;
}

} // namespace xxl
