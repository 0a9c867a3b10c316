#include "config/instant.hpp"

#include <array>
#include <cstdio>
#include <optional>

namespace xxl::config {
namespace {

/// Takes text from the front, remembering whether everything so far was as expected.
class scanner {
public:
  explicit scanner(std::string_view text) : rest_{text} {}

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  bool at_digit() const { return !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9'; }

  int digits(int n) {
    int value = 0;
    for (int i = 0; i < n; ++i) value = value * 10 + digit();
    return value;
  }
  int digit() {
    if (!at_digit()) ok_ = false;
    return ok_ ? take() - '0' : 0;
  }
  bool skip(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_[0]) == std::string_view::npos) return false;
    take();
    return true;
  }
  void expect(std::string_view any_of) { ok_ = skip(any_of) && ok_; }

private:
  char take() {
    char c = rest_[0];
    rest_.remove_prefix(1);
    return c;
  }
  std::string_view rest_;
  bool ok_ = true;
};

std::string refused(std::string_view text, std::string_view why) {
  return "instant \"" + std::string{text.substr(0, 64)} + "\" " + std::string{why};
}

constexpr std::string_view form = "is not of the form 2026-12-01T09:00:00+08:00 (or ...Z)";

/// The fraction after the point, in milliseconds; nothing if it is finer than that.
std::optional<int> fraction_ms(scanner& in) {
  std::array<int, 3> ms{};
  bool finer = false;
  for (std::size_t i = 0; i == 0 || in.at_digit(); ++i) {
    int d = in.digit();
    if (i < ms.size())
      ms[i] = d;
    else
      finer = finer || d != 0;
  }
  if (finer) return std::nullopt;
  return ms[0] * 100 + ms[1] * 10 + ms[2];
}

} // namespace

std::variant<instant, std::string> parse_instant(std::string_view text) {
  using namespace std::chrono;
  scanner in{text};
  int y = in.digits(4);
  in.expect("-");
  auto m = static_cast<unsigned>(in.digits(2));
  in.expect("-");
  auto d = static_cast<unsigned>(in.digits(2));
  in.expect("Tt");
  int hour = in.digits(2);
  in.expect(":");
  int minute = in.digits(2);
  in.expect(":");
  int second = in.digits(2);
  if (!in.ok()) return refused(text, form);
  int ms = 0;
  if (in.skip(".")) {
    auto fraction = fraction_ms(in);
    if (!in.ok()) return refused(text, form);
    if (!fraction) return refused(text, "is finer than a millisecond: write at most three digits after the point");
    ms = *fraction;
  }
  if (in.at_end()) return refused(text, "has no zone: end it with Z, or with an offset such as +08:00");
  minutes offset{0};
  if (!in.skip("Zz")) {
    bool west = in.skip("-");
    if (!west) in.expect("+");
    int offset_hours = in.digits(2);
    in.expect(":");
    int offset_minutes = in.digits(2);
    if (!in.ok()) return refused(text, form);
    if (offset_hours > 23 || offset_minutes > 59) return refused(text, "has an offset out of range");
    offset = hours{offset_hours} + minutes{offset_minutes};
    if (west) offset = -offset;
  }
  if (!in.at_end()) return refused(text, form);
  year_month_day date{year{y}, month{m}, day{d}};
  if (!date.ok()) return refused(text, "names a day that does not exist");
  if (hour > 23 || minute > 59 || second > 59) return refused(text, "names a time of day that does not exist");
  return instant{sys_days{date} + hours{hour} + minutes{minute} + seconds{second} + milliseconds{ms} - offset};
}

std::string format_instant(instant t) {
  using namespace std::chrono;
  auto midnight = floor<days>(t);
  year_month_day date{midnight};
  auto ms = (t - midnight).count();
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(ms / 3'600'000), static_cast<int>(ms / 60'000 % 60),
                static_cast<int>(ms / 1'000 % 60));
  std::string out = buffer.data();
  if (auto rest = static_cast<int>(ms % 1'000)) {
    std::snprintf(buffer.data(), buffer.size(), ".%03d", rest);
    out += buffer.data();
  }
  return out + "Z";
}

} // namespace xxl::config
