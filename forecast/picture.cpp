#include "forecast/picture.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>
#include <vector>

namespace xxl::forecast {

namespace {

using std::chrono::local_seconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_seconds;

/// The page and the plot within it, in the units of the view box.
constexpr double page_width = 1000, page_height = 420;
constexpr double left = 80, right = 930, top = 70, bottom = 350;
constexpr std::size_t most_steps = 1'440; // a day is drawn minute by minute
constexpr int most_marks = 12;            // on the axis of time
constexpr std::size_t named_jobs = 3;     // of the busiest second

/// Colours come from variables, which a dark page sets anew.
constexpr std::string_view style = R"(<style>
svg{--page:#ffffff;--ink:#1f2933;--soft:#66727f;--grid:#dde3e9;--fires:#2f6fab;--runs:#b4530a;--mark:#b3261e}
@media (prefers-color-scheme:dark){svg{--page:#14191f;--ink:#e6eaee;--soft:#9aa7b4;--grid:#2c353f;--fires:#6ea8dc;--runs:#f0a050;--mark:#ff8a80}}
.page{fill:var(--page)}
text{fill:var(--ink);font:13px system-ui,sans-serif}
.head{font-size:17px;font-weight:600}
.soft{fill:var(--soft);font-size:12px}
.grid{stroke:var(--grid);stroke-width:1}
.fires{fill:var(--fires);fill-opacity:.55;stroke:var(--fires);stroke-width:1}
.runs{fill:none;stroke:var(--runs);stroke-width:1.6}
.mark{stroke:var(--mark);stroke-width:1.4;stroke-dasharray:4 3}
.fires-text{fill:var(--fires)}.runs-text{fill:var(--runs)}.mark-text{fill:var(--mark)}
</style>
)";

/// For text and attributes; control characters, which XML knows no way to write, become blanks.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
    case '&': out += "&amp;"; break;
    case '<': out += "&lt;"; break;
    case '>': out += "&gt;"; break;
    case '"': out += "&quot;"; break;
    default: out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

/// At most two decimals, without trailing zeros.
std::string decimal(double x) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f", x);
  std::string s{text.data()};
  while (s.back() == '0') s.pop_back();
  if (s.back() == '.') s.pop_back();
  return s == "-0" ? "0" : s;
}

/// 1234567 as "1,234,567".
std::string grouped(std::int64_t n) {
  auto s = std::to_string(n);
  for (auto at = static_cast<std::ptrdiff_t>(s.size()) - 3; at > 0; at -= 3)
    s.insert(static_cast<std::size_t>(at), ",");
  return s;
}

/// The least of 1, 2, 5, 10, 20 ... that is at least x: distances of an axis.
std::int64_t round_up(double x) {
  for (std::int64_t power = 1;; power *= 10)
    for (const std::int64_t factor : {1, 2, 5})
      if (static_cast<double>(power * factor) >= x) return power * factor;
}

/// A vertical axis from 0.
struct scale {
  std::int64_t step, most;
  explicit scale(std::int64_t highest)
      : step(round_up(static_cast<double>(std::max<std::int64_t>(highest, 1)) / 4)),
        most((std::max<std::int64_t>(highest, 1) + step - 1) / step * step) {}
  double y(std::int64_t value) const {
    return bottom - (bottom - top) * static_cast<double>(value) / static_cast<double>(most);
  }
};

class painter {
public:
  painter(const load& l, const std::vector<job>& jobs, const axis_zone& zone)
      : load_(l), jobs_(jobs), zone_(zone), wide_((l.minutes.size() + most_steps - 1) / most_steps) {
    for (const auto& m : l.minutes) {
      most_fires_ = std::max(most_fires_, m.fires);
      most_running_ = std::max(most_running_, m.most_running);
    }
  }

  std::string paint() {
    head();
    grid();
    area();
    if (load_.at_once.jobs > 0) line();
    mark_busiest();
    out_ += "</svg>\n";
    return std::move(out_);
  }

private:
  local_seconds local(sys_seconds t) const {
    const auto i = std::min(zone_.clock.index_of(t), zone_.clock.size() - 1);
    return zone_.clock[i].local(t);
  }

  static std::string date_text(local_seconds t) {
    const std::chrono::year_month_day d{std::chrono::floor<std::chrono::days>(t)};
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(d.year()),
                  static_cast<unsigned>(d.month()), static_cast<unsigned>(d.day()));
    return text.data();
  }

  static std::string clock_text(local_seconds t, bool with_seconds) {
    const std::chrono::hh_mm_ss time{t - std::chrono::floor<std::chrono::days>(t)};
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), with_seconds ? "%02d:%02d:%02d" : "%02d:%02d",
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    return text.data();
  }

  std::string moment(sys_seconds t, bool with_seconds = false) const {
    return date_text(local(t)) + " " + clock_text(local(t), with_seconds);
  }

  double x(instant t) const {
    const auto whole = static_cast<double>((load_.over.to - load_.over.from).count());
    const auto part = static_cast<double>((std::clamp(t, load_.over.from, load_.over.to) - load_.over.from).count());
    return left + (right - left) * part / whole;
  }

  void text(double at_x, double at_y, std::string_view kind, std::string_view anchor, std::string_view content) {
    out_ += "<text x=\"" + decimal(at_x) + "\" y=\"" + decimal(at_y) + "\"";
    if (!kind.empty()) out_ += " class=\"" + std::string{kind} + "\"";
    if (!anchor.empty()) out_ += " text-anchor=\"" + std::string{anchor} + "\"";
    out_ += ">" + escaped(content) + "</text>\n";
  }

  void stroke(double x1, double y1, double x2, double y2, std::string_view kind) {
    out_ += "<line class=\"" + std::string{kind} + "\" x1=\"" + decimal(x1) + "\" y1=\"" + decimal(y1) + "\" x2=\"" +
            decimal(x2) + "\" y2=\"" + decimal(y2) + "\"/>\n";
  }

  std::string totals() const {
    auto words = grouped(load_.fires) + (load_.fires == 1 ? " fire of " : " fires of ") +
                 grouped(static_cast<std::int64_t>(jobs_.size())) + (jobs_.size() == 1 ? " job" : " jobs");
    if (load_.at_once.jobs > 0)
      words += ", " + decimal(load_.at_once.mean) + " runs at once on average, at most " + grouped(load_.at_once.peak) +
               " (durations of " + grouped(static_cast<std::int64_t>(load_.at_once.jobs)) + " jobs)";
    return words;
  }

  void head() {
    const auto to = std::chrono::ceil<seconds>(load_.over.to);
    const auto title = moment(std::chrono::floor<seconds>(load_.over.from)) + " to " + moment(to) + ", " + zone_.name;
    out_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + decimal(page_width) + " " +
           decimal(page_height) + "\" role=\"img\">\n<title>" + escaped("Fires from " + title) + "</title>\n<desc>" +
           escaped(totals()) + "</desc>\n";
    out_ += style;
    out_ += "<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n";
    text(left, 26, "head", "", title);
    text(left, 46, "soft", "", totals());
  }

  void grid() {
    const scale fires{most_fires_}, runs{most_running_};
    for (auto value = fires.step; value <= fires.most; value += fires.step)
      stroke(left, fires.y(value), right, fires.y(value), "grid");
    for (std::int64_t value = 0; value <= fires.most; value += fires.step)
      text(left - 8, fires.y(value) + 4, "fires-text", "end", grouped(value));
    text(8, top - 8, "fires-text", "",
         wide_ == 1 ? "fires a minute" : "fires a minute, the most of each " + std::to_string(wide_));
    if (load_.at_once.jobs > 0) {
      for (std::int64_t value = 0; value <= runs.most; value += runs.step)
        text(right + 8, runs.y(value) + 4, "runs-text", "", grouped(value));
      text(page_width - 8, top - 8, "runs-text", "end", "runs at once");
    }
    time_axis();
    stroke(left, bottom, right, bottom, "grid");
  }

  /// A mark wherever the local time is a multiple of the distance.
  void time_axis() {
    static constexpr std::array<minutes, 14> distances{
        minutes{1},   minutes{2},   minutes{5},   minutes{15},    minutes{30},    minutes{60},     minutes{120},
        minutes{180}, minutes{360}, minutes{720}, minutes{1'440}, minutes{2'880}, minutes{10'080}, minutes{43'200}};
    const auto whole = load_.over.to - load_.over.from;
    const auto fits = std::ranges::find_if(distances, [&](minutes d) { return whole / d <= most_marks; });
    const auto distance = fits == distances.end() ? distances.back() : *fits;
    for (std::size_t i = 0; i < load_.minutes.size(); ++i) {
      const sys_seconds t = load_.first_minute + minutes{i};
      const auto here = local(t);
      if (instant{t} < load_.over.from || here.time_since_epoch() % distance != seconds{0}) continue;
      stroke(x(t), bottom, x(t), bottom + 5, "grid");
      const bool days = distance >= minutes{1'440};
      text(x(t), bottom + 20, "soft", "middle", days ? date_text(here).substr(5) : clock_text(here, false));
    }
  }

  /// The steps of the plot, each with its busiest minute.
  template <class Value> std::string steps(const scale& s, Value value) const {
    std::string path, level;
    for (std::size_t i = 0; i < load_.minutes.size(); i += wide_) {
      std::int64_t most = 0;
      const auto end = std::min(i + wide_, load_.minutes.size());
      for (auto k = i; k < end; ++k) most = std::max(most, value(load_.minutes[k]));
      const auto y = decimal(s.y(most));
      if (y == level) continue;
      path +=
          level.empty() ? "M" + decimal(left) + "," + y : "H" + decimal(x(load_.first_minute + minutes{i})) + "V" + y;
      level = y;
    }
    path += "H" + decimal(right);
    return path;
  }

  void area() {
    const auto outline = steps(scale{most_fires_}, [](const minute_load& m) { return m.fires; });
    out_ += "<path class=\"fires\" d=\"" + outline + "V" + decimal(bottom) + "H" + decimal(left) + "Z\"/>\n";
  }

  void line() {
    const auto outline = steps(scale{most_running_}, [](const minute_load& m) { return m.most_running; });
    out_ += "<path class=\"runs\" d=\"" + outline + "\"/>\n";
  }

  void mark_busiest() {
    if (load_.busiest.empty()) return text(left, bottom + 44, "soft", "", "no fires");
    const auto& second = load_.busiest.front();
    stroke(x(second.at), top, x(second.at), bottom, "mark");
    auto words = "busiest second " + moment(second.at, true) + ": " + grouped(second.fires) +
                 (second.fires == 1 ? " fire" : " fires");
    for (std::size_t i = 0; i < std::min(second.jobs.size(), named_jobs); ++i)
      words += (i == 0 ? " (" : ", ") + jobs_[second.jobs[i].job].name;
    if (second.jobs.size() > named_jobs)
      words += " and " + grouped(static_cast<std::int64_t>(second.jobs.size() - named_jobs)) + " more";
    text(left, bottom + 44, "mark-text", "", words + (second.jobs.empty() ? "" : ")"));
  }

  const load& load_;
  const std::vector<job>& jobs_;
  const axis_zone& zone_;
  std::size_t wide_; ///< minutes in a step
  std::int64_t most_fires_ = 0, most_running_ = 0;
  std::string out_;
};

} // namespace

std::string picture_of(const load& l, const std::vector<job>& jobs, const axis_zone& zone) {
  return painter{l, jobs, zone}.paint();
}

} // namespace xxl::forecast
