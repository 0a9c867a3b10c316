#include "schedule/duration.hpp"

#include <array>
#include <charconv>
#include <cstdint>

namespace xxl::schedule {
namespace {

struct unit {
  std::string_view name;
  std::int64_t ms;
};
constexpr std::array<unit, 5> units{{{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::int64_t most_ms = 36'500 * units[0].ms;

std::string quoted(std::string_view text) { return "duration \"" + std::string{text.substr(0, 64)} + "\""; }

/// The unit at the front of `text`: letters up to the next digit.
std::string_view unit_at(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size() && (text[n] < '0' || text[n] > '9')) ++n;
  return text.substr(0, n);
}

} // namespace

std::variant<std::chrono::milliseconds, std::string> parse_duration(std::string_view text) {
  if (text.empty()) return "duration is empty: write 100ms, 30s, 5m, 2h or 1d";
  std::int64_t total = 0;
  std::size_t next_unit = 0; // units fall: "1m30s", so that "5m" and "5ms" are never both meant
  for (auto rest = text; !rest.empty();) {
    std::int64_t n = 0;
    auto [end, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), n);
    if (failure == std::errc::result_out_of_range) return quoted(text) + " is too long: at most 36500d";
    if (failure != std::errc{} || n < 0)
      return quoted(text) + " is not a whole number and a unit: write 100ms, 30s, 5m, 2h or 1d";
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    auto name = unit_at(rest);
    if (name.empty()) {
      auto number = std::to_string(n);
      return quoted(text) + " has no unit: write " + number + "s for seconds, or " + number + "ms, " + number + "m, " +
             number + "h, " + number + "d";
    }
    std::size_t i = 0;
    while (i < units.size() && units[i].name != name) ++i;
    if (i == units.size())
      return quoted(text) + " has an unknown unit \"" + std::string{name.substr(0, 16)} +
             "\": known are ms, s, m, h, d";
    if (i < next_unit)
      return quoted(text) + " has its units out of order: write the larger unit first, each once, as in 1m30s";
    next_unit = i + 1;
    if (n > (most_ms - total) / units[i].ms) return quoted(text) + " is too long: at most 36500d";
    total += n * units[i].ms;
    rest.remove_prefix(name.size());
  }
  return std::chrono::milliseconds{total};
}

std::string format_duration(std::chrono::milliseconds d) {
  if (d.count() == 0) return "0s";
  std::string text = d.count() < 0 ? "-" : "";
  // Unsigned, so that the least value of all has a magnitude too.
  auto rest = d.count() < 0 ? ~static_cast<std::uint64_t>(d.count()) + 1 : static_cast<std::uint64_t>(d.count());
  for (auto& u : units) {
    auto ms = static_cast<std::uint64_t>(u.ms);
    if (auto n = rest / ms) text += std::to_string(n) + std::string{u.name};
    rest %= ms;
  }
  return text;
}

} // namespace xxl::schedule
