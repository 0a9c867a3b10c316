#include "actors/executor/spool.hpp"

#include "actors/executor/spool_record.hpp"
#include "protocol/guards.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <fcntl.h>
#include <stdexcept>
#include <sys/file.h>
#include <unistd.h>

namespace xxl::executor {

spool::spool(std::filesystem::path directory, limits l) : directory_{std::move(directory)}, limits_{l} {
  try {
    std::filesystem::create_directories(directory_);
    take_lock();
    read_results();
  } catch (const std::system_error& e) {
    throw std::runtime_error{"cannot use the spool " + directory_.string() + ": " + e.what()};
  }
}

void spool::take_lock() {
  auto path = directory_ / "lock";
  lock_ = file::open(path, O_RDWR | O_CREAT);
  if (stands(guard::spool_lock) && ::flock(lock_.fd(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) throw std::system_error{errno, std::generic_category(), "cannot lock " + path.string()};
    auto pid = lock_.read(0, 32);
    pid.erase(std::find(pid.begin(), pid.end(), '\n'), pid.end());
    throw std::runtime_error{"the data directory " + directory_.parent_path().string() + " is in use by process " +
                             (pid.empty() ? "(pid not written yet)" : pid) +
                             "; stop that executor, or give this one a data directory of its own"};
  }
  if (::ftruncate(lock_.fd(), 0) != 0)
    throw std::system_error{errno, std::generic_category(), "cannot write " + path.string()};
  if (auto why = lock_.append(std::to_string(::getpid()) + "\n", 0))
    throw std::system_error{why, "cannot write " + path.string()};
}

std::filesystem::path spool::path_of(std::uint64_t number) const {
  char name[32];
  std::snprintf(name, sizeof name, "results-%06llu", static_cast<unsigned long long>(number));
  return directory_ / name;
}

void spool::read_results() {
  std::vector<std::uint64_t> numbers;
  for (auto& entry : std::filesystem::directory_iterator{directory_}) {
    unsigned long long number = 0;
    if (std::sscanf(entry.path().filename().c_str(), "results-%llu", &number) == 1) numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  replayed found;
  for (auto n : numbers) replay(n, found);
  for (auto& [k, x] : found)
    if (where_.contains(k)) before_[k.session].push_back(std::move(x));
  // This life begins a file of its own; what the earlier ones left is only read, and goes when it is acknowledged.
  number_ = numbers.empty() ? 0 : numbers.back();
  for (auto n : numbers)
    if (!left_.contains(n)) std::filesystem::remove(path_of(n));
}

void spool::replay(std::uint64_t number, replayed& found) {
  auto content = read_file(path_of(number));
  std::string_view bytes = content;
  while (auto record = decode_next(bytes)) {
    for (auto& x : record->results) {
      key k{record->session, x.trigger};
      if (!where_.emplace(k, number).second) continue;
      ++left_[number];
      found.emplace_back(k, std::move(x));
    }
    // Only counted: more results may follow in a file whose first ones are all acknowledged.
    for (auto id : record->acknowledged) forget({record->session, id});
  }
}

std::error_code spool::append(session_id session, const std::vector<outcome>& outcomes) {
  if (auto why = write(encode({session, outcomes, {}}))) return why;
  for (auto& x : outcomes)
    if (where_.emplace(key{session, x.trigger}, number_).second) ++left_[number_];
  return {};
}

std::error_code spool::acknowledge(session_id session, const std::vector<trigger_id>& triggers) {
  // The file that holds this record may go before the one that holds the results (it has none left of its own). The
  // results then come back in the next life and are acknowledged once more.
  auto why = write(encode({session, {}, triggers}));
  for (auto id : triggers) drop({session, id});
  return why;
}

std::error_code spool::write(const std::string& record) {
  if (open_ && size_ >= limits_.file_bytes) {
    open_.close();
    if (!left_.contains(number_)) ::unlink(path_of(number_).c_str());
  }
  if (!open_) {
    try {
      open_ = file::open(path_of(number_ + 1), O_RDWR | O_CREAT | O_TRUNC);
    } catch (const std::system_error& e) {
      return e.code();
    }
    ++number_;
    size_ = 0;
  }
  if (auto why = open_.append(record, size_)) return why;
  size_ += record.size();
  return {};
}

std::optional<std::uint64_t> spool::forget(const key& k) {
  auto it = where_.find(k);
  if (it == where_.end()) return std::nullopt;
  auto number = it->second;
  where_.erase(it);
  auto left = left_.find(number);
  if (--left->second > 0) return std::nullopt;
  left_.erase(left);
  return number;
}

void spool::drop(const key& k) {
  auto emptied = forget(k);
  if (!emptied || (open_ && *emptied == number_)) return; // still being written
  ::unlink(path_of(*emptied).c_str());
}

std::string host_boot_id() {
  try {
    auto f = file::open("/proc/sys/kernel/random/boot_id", O_RDONLY);
    auto text = f.read(0, 64);
    return text.substr(0, text.find('\n'));
  } catch (const std::system_error&) {
    return {};
  }
}

} // namespace xxl::executor
