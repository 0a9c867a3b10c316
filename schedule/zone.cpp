#include "schedule/zone.hpp"

#include "schedule/cron_pattern.hpp"
#include "schedule/timetable.hpp"

#include <cctz/time_zone.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace xxl::schedule {

namespace {

using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

/// A day more on either side than any offset reaches.
constexpr sys_seconds table_begin = sys_days{std::chrono::year{first_year} / 1 / 1} - std::chrono::days{2};
constexpr sys_seconds table_end = sys_days{std::chrono::year{last_year + 1} / 1 / 1} + std::chrono::days{2};

/// About half a year, and a power of two: there are rarely more than two changes of clocks in it.
constexpr seconds index_step{1 << 24};

using cctz_seconds = cctz::time_point<cctz::seconds>;

cctz_seconds to_cctz(sys_seconds t) { return cctz_seconds{cctz::seconds{t.time_since_epoch().count()}}; }
sys_seconds from_cctz(cctz_seconds t) { return sys_seconds{seconds{t.time_since_epoch().count()}}; }

constexpr std::size_t longest_name = 64; ///< twice the longest there is; the loader keeps each name it was ever asked

/// Region/City and the like. The loader below would also take paths, its own names for the machine's zone, and a second
/// copy of every zone. The copies that count leap seconds it refuses itself.
bool is_plain_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '_' ||
           c == '-' || c == '+';
  };
  return !name.empty() && name.size() <= longest_name && name.front() != '/' && std::ranges::all_of(name, allowed) &&
         !name.starts_with("posix/") && name != "localtime" && name != "posixrules";
}

std::vector<stretch> stretches_of(const cctz::time_zone& tz) {
  const auto offset_at = [&tz](sys_seconds t) { return seconds{tz.lookup(to_cctz(t)).offset}; };
  std::vector<stretch> result{{table_begin, table_end, offset_at(table_begin)}};
  cctz::time_zone::civil_transition change;
  for (auto at = table_begin; tz.next_transition(to_cctz(at), &change);) {
    // `trans` is the instant of the change whether the local time after it is unique or repeated
    at = from_cctz(tz.lookup(change.to).trans);
    if (at >= table_end) break;
    const auto offset = offset_at(at);
    if (offset == result.back().offset) continue; // only the name or the DST flag changed
    result.back().end = at;
    result.push_back({at, table_end, offset});
  }
  return result;
}

std::string zone_directory() {
  const char* dir = std::getenv("TZDIR"); // as cctz does
  return dir != nullptr && *dir != '\0' ? dir : "/usr/share/zoneinfo";
}

std::string version_on_disk() {
  const auto directory = zone_directory();
  std::string line;
  constexpr std::string_view lead = "# version ";
  if (std::getline(std::ifstream{directory + "/tzdata.zi"}, line) && line.starts_with(lead))
    return line.substr(lead.size());
  if (std::getline(std::ifstream{directory + "/+VERSION"}, line) && !line.empty()) return line;
  return "unknown";
}

/// The zones of the process, all of one version.
class zone_store {
public:
  std::shared_ptr<const zone> find(std::string_view name) {
    const std::lock_guard lock{mutex_};
    if (const auto found = known_.find(name); found != known_.end()) return found->second;
    const auto tz = load(name);
    if (!tz) return nullptr;
    return known_.emplace(std::string(name), std::make_shared<zone>(stretches_of(*tz))).first->second;
  }
  bool holds(std::string_view name) {
    const std::lock_guard lock{mutex_};
    return known_.contains(name) || load(name).has_value();
  }
  std::string version() {
    const std::lock_guard lock{mutex_};
    return version_;
  }
  bool refresh() {
    auto now = version_on_disk();
    const std::lock_guard lock{mutex_};
    if (now == version_) return false;
    version_ = std::move(now);
    known_.clear();
    ++generation_;
    return true;
  }

private:
  /// cctz keeps each name for ever, so each version's names are others: absolute paths, with one slash more each time.
  std::optional<cctz::time_zone> load(std::string_view name) const {
    cctz::time_zone tz;
    if (!is_plain_name(name)) return std::nullopt;
    auto path = generation_ == 0 || name == "UTC" ? std::string{} : zone_directory() + std::string(generation_, '/');
    if (!cctz::load_time_zone(path.append(name), &tz)) return std::nullopt;
    return tz;
  }

  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const zone>, std::less<>> known_; // at most as many as there are zones
  std::string version_ = version_on_disk();
  std::size_t generation_ = 0;
};

zone_store& all_zones() {
  static zone_store store;
  return store;
}

} // namespace

zone::zone(std::vector<stretch> stretches) : stretches_(std::move(stretches)) {
  for (auto t = stretches_.front().begin; t < stretches_.back().end; t += index_step)
    index_.push_back(
        static_cast<std::size_t>(std::ranges::upper_bound(stretches_, t, {}, &stretch::end) - stretches_.begin()));
}

std::shared_ptr<const zone> zone::find(std::string_view name) { return all_zones().find(name); }

std::size_t zone::index_of(sys_seconds t) const {
  if (t < stretches_.front().begin) return 0;
  if (t >= stretches_.back().end) return size();
  auto i = index_[static_cast<std::size_t>((t - stretches_.front().begin) / index_step)];
  while (stretches_[i].end <= t) ++i;
  return i;
}

bool is_zone(std::string_view name) { return all_zones().holds(name); }

std::string tzdb_version() { return all_zones().version(); }

bool refresh_zones() { return all_zones().refresh(); }

} // namespace xxl::schedule
