#include "actors/executor/log_buffer.hpp"

#include <array>
#include <cstdio>

namespace xxl::executor {
namespace {

using stamp_text = std::array<char, 25>; // "2026-01-01T00:00:00.123Z "

/// The date and the second change rarely: a thread that logs much formats only the milliseconds.
std::string_view stamp(instant now) {
  thread_local stamp_text text;
  thread_local std::chrono::sys_seconds formatted{std::chrono::seconds{-1}};
  auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (second != formatted) {
    auto day = std::chrono::floor<std::chrono::days>(second);
    std::chrono::year_month_day date{day};
    std::chrono::hh_mm_ss time{second - day};
    std::array<char, 64> out{};
    std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02d.", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    std::copy_n(out.data(), 20, text.data());
    formatted = second;
  }
  auto ms = static_cast<int>((now - second).count());
  text[20] = static_cast<char>('0' + ms / 100);
  text[21] = static_cast<char>('0' + ms / 10 % 10);
  text[22] = static_cast<char>('0' + ms % 10);
  text[23] = 'Z';
  text[24] = ' ';
  return {text.data(), text.size()};
}

} // namespace

log_buffer::log_buffer(metrics& m, limits l)
    : limits_{l}, lines_{m.at("log.lines")}, dropped_{m.at("log.dropped_lines")} {}

void log_buffer::write(run& r, std::string_view text, instant now) {
  auto when = stamp(now);
  std::lock_guard guard{mutex_};
  do {
    auto end_of_line = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, std::min(end_of_line, line_bytes));
    text.remove_prefix(line.size());
    if (!text.empty() && text.front() == '\n') text.remove_prefix(1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (!within_budget(r, when.size() + line.size(), when)) continue;
    lines_.fetch_add(1, std::memory_order_relaxed);
    append(log_record::line, r.task.trigger, when, line);
  } while (!text.empty());
}

bool log_buffer::within_budget(run& r, std::size_t bytes, std::string_view when) {
  auto before = r.logged_bytes.load(std::memory_order_relaxed);
  auto fits = before + bytes <= limits_.run_bytes;
  if (fits && records_.size() < limits_.buffer_bytes) {
    r.logged_bytes.store(before + bytes, std::memory_order_relaxed);
    return true;
  }
  if (!fits && before <= limits_.run_bytes) { // the mark itself takes the count over the limit, so it comes once
    r.logged_bytes.store(limits_.run_bytes + 1, std::memory_order_relaxed);
    append(log_record::line, r.task.trigger, when,
           "[xxl] this run's log is at its limit of " + std::to_string(limits_.run_bytes) +
               " bytes; what follows is not kept");
  }
  dropped_.fetch_add(1, std::memory_order_relaxed);
  return false;
}

void log_buffer::end(const run& r) {
  std::lock_guard guard{mutex_};
  append(log_record::end, r.task.trigger, {}, {});
}

void log_buffer::append(log_record::kind_type kind, trigger_id id, std::string_view when, std::string_view text) {
  auto first = records_.empty();
  log_record head{static_cast<std::uint32_t>(when.size() + text.size()), kind, id.value};
  records_.append(reinterpret_cast<const char*>(&head), sizeof head).append(when).append(text);
  if (!wake_) return;
  if (first) wake_(false);
  if (!hurried_ && records_.size() >= limits_.hurry_bytes) {
    hurried_ = true;
    wake_(true);
  }
}

std::string log_buffer::take() {
  std::lock_guard guard{mutex_};
  hurried_ = false;
  return std::exchange(records_, {});
}

void log_buffer::on_records(std::function<void(bool)> wake) {
  std::lock_guard guard{mutex_};
  wake_ = std::move(wake);
  if (!records_.empty() && wake_) wake_(false);
}

} // namespace xxl::executor
