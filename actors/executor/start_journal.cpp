#include "actors/executor/start_journal.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <string_view>
#include <unistd.h>

namespace xxl::executor {
namespace {

constexpr std::string_view magic = "xxl-starts-1 ";

struct header {
  session_id session;
  std::string boot;
  std::size_t bytes = 0;
};

/// Nothing if the process died before the first line was whole.
std::optional<header> header_of(std::string_view content) {
  auto line_end = content.find('\n');
  if (line_end == std::string_view::npos || !content.starts_with(magic)) return std::nullopt;
  auto line = content.substr(magic.size(), line_end - magic.size());
  header h;
  auto [end, why] = std::from_chars(line.data(), line.data() + line.size(), h.session.value);
  if (why != std::errc{} || h.session.value <= 0 || end == line.data() + line.size() || *end != ' ')
    return std::nullopt;
  h.boot = line.substr(static_cast<std::size_t>(end - line.data()) + 1);
  h.bytes = line_end + 1;
  return h;
}

std::string_view bytes_of(const std::int64_t& id) { return {reinterpret_cast<const char*>(&id), sizeof id}; }

} // namespace

start_journal::start_journal(std::filesystem::path directory, std::string boot, limits l)
    : directory_{std::move(directory)}, boot_{std::move(boot)}, limits_{l} {
  std::vector<std::uint64_t> numbers;
  for (auto& entry : std::filesystem::directory_iterator{directory_}) {
    unsigned long long number = 0;
    if (std::sscanf(entry.path().filename().c_str(), "starts-%llu", &number) == 1) numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  for (auto n : numbers) read(n);
  while (before_.size() > limits_.lives) forget_oldest();
  if (!numbers.empty()) number_ = numbers.back();
}

void start_journal::read(std::uint64_t number) {
  auto content = read_file(path_of(number));
  auto head = header_of(content);
  if (!head || head->boot != boot_) { // torn before any id, or the host has been down since
    std::filesystem::remove(path_of(number));
    return;
  }
  auto& started = before_[head->session];
  for (auto at = head->bytes; at + sizeof(std::int64_t) <= content.size(); at += sizeof(std::int64_t)) {
    trigger_id id;
    std::memcpy(&id.value, content.data() + at, sizeof id.value);
    started.push_back(id);
  }
  earlier_files_[head->session].push_back(number);
}

/// Restarted so often while no leader could be reached: the sessions of the first of these lives have long expired.
void start_journal::forget_oldest() {
  auto oldest = std::min_element(earlier_files_.begin(), earlier_files_.end(),
                                 [](auto& a, auto& b) { return a.second.front() < b.second.front(); });
  auto life = oldest->first;
  settled(life);
  before_.erase(life);
}

std::filesystem::path start_journal::path_of(std::uint64_t number) const {
  char name[32];
  std::snprintf(name, sizeof name, "starts-%06llu", static_cast<unsigned long long>(number));
  return directory_ / name;
}

std::error_code start_journal::open_next(session_id session) {
  close_open();
  try {
    open_ = file::open(path_of(number_ + 1), O_RDWR | O_CREAT | O_TRUNC);
  } catch (const std::system_error& e) {
    return e.code();
  }
  ++number_;
  auto head = std::string{magic} + to_string(session) + " " + boot_ + "\n";
  if (auto why = open_.append(head, 0)) {
    open_.close();
    ::unlink(path_of(number_).c_str());
    return why;
  }
  session_ = session;
  size_ = head.size();
  return {};
}

void start_journal::close_open() {
  if (!open_) return;
  open_.close();
  if (!left_.contains(number_)) ::unlink(path_of(number_).c_str());
}

std::error_code start_journal::begin(session_id session) {
  std::lock_guard guard{mutex_};
  return open_ && session == session_ ? std::error_code{} : open_next(session);
}

std::error_code start_journal::note(session_id session, trigger_id id) {
  std::lock_guard guard{mutex_};
  if (!open_ || session != session_ || size_ >= limits_.file_bytes)
    if (auto why = open_next(session)) return why;
  if (auto why = open_.append(bytes_of(id.value), size_)) return why;
  size_ += sizeof id.value;
  if (where_.emplace(id, number_).second) ++left_[number_];
  return {};
}

void start_journal::acknowledged(const std::vector<trigger_id>& ids) {
  std::lock_guard guard{mutex_};
  for (auto id : ids) {
    auto it = where_.find(id);
    if (it == where_.end()) continue; // of an earlier life, or it never started
    auto number = it->second;
    where_.erase(it);
    auto left = left_.find(number);
    if (--left->second > 0) continue;
    left_.erase(left);
    if (!open_ || number != number_) ::unlink(path_of(number).c_str());
  }
}

void start_journal::settled(session_id life) {
  auto files = earlier_files_.extract(life);
  if (!files) return;
  for (auto number : files.mapped()) ::unlink(path_of(number).c_str());
}

} // namespace xxl::executor
