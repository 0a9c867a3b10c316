#include "actors/executor/log_segments.hpp"

#include "protocol/limits.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <optional>

namespace xxl::executor {
namespace {

std::chrono::sys_days day_of(instant t) { return std::chrono::floor<std::chrono::days>(t); }

/// "20260131-000012.log" → day and number; nothing for other names.
std::optional<std::pair<std::chrono::sys_days, std::uint64_t>> parse_name(const std::string& stem) {
  int year = 0;
  unsigned month = 0, day = 0;
  unsigned long long number = 0;
  int used = 0;
  if (std::sscanf(stem.c_str(), "%4d%2u%2u-%llu%n", &year, &month, &day, &number, &used) != 4 ||
      static_cast<std::size_t>(used) != stem.size())
    return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
  if (!date.ok()) return std::nullopt;
  return std::pair{std::chrono::sys_days{date}, static_cast<std::uint64_t>(number)};
}

} // namespace

/// Collects the lines asked for, over several segments.
class log_segments::reader {
public:
  explicit reader(const log_query& q) : query_{q} {
    chunk_.from_line = q.from_line;
    chunk_.found = false;
  }

  /// Places of the trigger in one segment, in order. False: the answer is full, or the run has ended.
  bool add(const file& from, const place* first, const place* last) {
    for (; first != last; ++first) {
      chunk_.found = true;
      if (first->end) {
        chunk_.complete = true;
        continue; // an abandoned handler may have written after its end
      }
      if (++line_ < query_.from_line) continue;
      bytes_ += first->bytes;
      if (chunk_.lines.size() >= query_.max_lines || bytes_ > xxl::limits::log_chunk_bytes) {
        chunk_.complete = false; // lines are left
        return false;
      }
      chunk_.lines.push_back(from.read(first->offset, first->bytes));
    }
    return !chunk_.complete;
  }
  log_chunk result() { return std::move(chunk_); }

private:
  const log_query& query_;
  log_chunk chunk_;
  std::uint64_t line_ = 0;
  std::size_t bytes_ = 0;
};

log_segments::log_segments(std::filesystem::path directory, limits l) : directory_{std::move(directory)}, limits_{l} {
  std::filesystem::create_directories(directory_);
  find_earlier();
}

std::filesystem::path log_segments::path_of(std::chrono::sys_days day, std::uint64_t number,
                                            const char* extension) const {
  std::chrono::year_month_day date{day};
  char name[64];
  std::snprintf(name, sizeof name, "%04d%02u%02u-%06llu.%s", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<unsigned long long>(number), extension);
  return directory_ / name;
}

void log_segments::find_earlier() {
  for (auto& entry : std::filesystem::directory_iterator{directory_}) {
    if (entry.path().extension() != ".log") continue;
    auto name = parse_name(entry.path().stem().string());
    if (!name) continue;
    auto [day, number] = *name;
    sealed_[number] = {day, entry.file_size()};
    number_ = std::max(number_, number);
    if (std::filesystem::exists(path_of(day, number, "idx"))) continue;
    auto places = scan(read_file(entry.path()), 0);
    write_index(day, number, places);
  }
}

std::vector<log_segments::place> log_segments::scan(std::string_view records, std::size_t offset) {
  std::vector<place> places;
  while (records.size() >= sizeof(log_record)) {
    log_record head;
    std::memcpy(&head, records.data(), sizeof head);
    if (head.kind != log_record::line && head.kind != log_record::end) break; // a torn tail
    if (head.bytes > records.size() - sizeof head) break;
    offset += sizeof head;
    places.push_back({head.trigger, static_cast<std::uint32_t>(offset), head.bytes, head.kind == log_record::end, 0});
    offset += head.bytes;
    records.remove_prefix(sizeof head + head.bytes);
  }
  return places;
}

std::size_t log_segments::count_lines(std::string_view records) {
  auto places = scan(records, 0);
  return static_cast<std::size_t>(std::count_if(places.begin(), places.end(), [](auto& p) { return p.end == 0; }));
}

std::error_code log_segments::append(std::string_view records, instant now) {
  try {
    if (open_ && (day_ != day_of(now) || size_ + records.size() > limits_.segment_bytes)) seal();
    if (!open_) begin_segment(day_of(now));
  } catch (const std::system_error& e) {
    return e.code();
  }
  if (auto why = open_.append(records, size_)) return why;
  auto places = scan(records, size_);
  places_.insert(places_.end(), places.begin(), places.end());
  size_ += records.size();
  return {};
}

void log_segments::begin_segment(std::chrono::sys_days day) {
  open_ = file::open(path_of(day, number_ + 1, "log"), O_RDWR | O_CREAT | O_TRUNC);
  ++number_;
  day_ = day;
  size_ = 0;
  places_.clear();
  drop_old(day);
}

void log_segments::seal() {
  write_index(day_, number_, places_);
  sealed_[number_] = {day_, size_};
  places_.clear();
  open_.close();
}

void log_segments::write_index(std::chrono::sys_days day, std::uint64_t number, std::vector<place>& places) const {
  std::sort(places.begin(), places.end());
  replace_file(path_of(day, number, "idx"),
               {reinterpret_cast<const char*>(places.data()), places.size() * sizeof(place)});
}

void log_segments::drop_old(std::chrono::sys_days today) {
  std::uint64_t total = limits_.segment_bytes;
  for (auto& [number, s] : sealed_) total += s.bytes;
  while (!sealed_.empty()) {
    auto& [number, s] = *sealed_.begin();
    if (s.day + limits_.keep >= today && total <= limits_.total_bytes) return;
    total -= s.bytes;
    std::error_code ignored; // a file that somebody removed already
    std::filesystem::remove(path_of(s.day, number, "log"), ignored);
    std::filesystem::remove(path_of(s.day, number, "idx"), ignored);
    sealed_.erase(sealed_.begin());
  }
}

log_chunk log_segments::read(const log_query& query) const {
  reader lines{query};
  // A run may be planned a little ahead of its fire time's day by another machine's clock.
  auto from = day_of(query.fire) - std::chrono::days{1};
  auto of_trigger = [&](const place& p) { return p.trigger == query.trigger.value; };
  for (auto& [number, s] : sealed_) {
    if (s.day < from) continue;
    auto index = file::open(path_of(s.day, number, "idx"), O_RDONLY);
    auto at = [&](std::size_t i) {
      place p;
      auto bytes = index.read(i * sizeof p, sizeof p);
      std::memcpy(&p, bytes.data(), bytes.size());
      return p;
    };
    // Binary search on the file: some twenty reads of 24 bytes, where the whole index may have megabytes.
    std::size_t low = 0, high = index.size() / sizeof(place);
    while (low < high) {
      auto middle = (low + high) / 2;
      if (at(middle).trigger < query.trigger.value)
        low = middle + 1;
      else
        high = middle;
    }
    std::vector<place> mine;
    for (auto n = index.size() / sizeof(place); low < n && of_trigger(at(low)); ++low) mine.push_back(at(low));
    if (mine.empty()) continue;
    auto text = file::open(path_of(s.day, number, "log"), O_RDONLY);
    if (!lines.add(text, mine.data(), mine.data() + mine.size())) return lines.result();
  }
  if (open_) {
    std::vector<place> mine;
    std::copy_if(places_.begin(), places_.end(), std::back_inserter(mine), of_trigger);
    lines.add(open_, mine.data(), mine.data() + mine.size());
  }
  return lines.result();
}

} // namespace xxl::executor
