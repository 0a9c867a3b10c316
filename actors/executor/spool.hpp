#pragma once
// Results on disk until they are acknowledged (guarantees.md §2.5): appended before they are sent, so that they survive
// kill -9 of this process (not of the host: nothing is synced). One process owns the directory, by flock on `lock`, for
// its whole life. Owned by one thread.
//
//   lock               the owner's pid
//   results-NNNNNN     records: results of one session, or acknowledged ids; a file goes when all its results are
//   acknowledged
//   starts-NNNNNN      the start journal's (start_journal.hpp)

#include "actors/executor/file.hpp"
#include "protocol/messages.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <system_error>
#include <unordered_map>
#include <utility>
#include <vector>

namespace xxl::executor {

class spool {
public:
  struct limits {
    std::size_t file_bytes = 4 * 1024 * 1024; ///< then a new file begins
  };
  /// Results that are not acknowledged, by the life that ran them.
  using earlier = std::map<session_id, std::vector<outcome>>;

  /// Takes the lock, then reads what is there. Throws std::runtime_error with a text for people: the directory is in
  /// use (by which pid), or cannot be used.
  explicit spool(std::filesystem::path directory) : spool{std::move(directory), limits{}} {}
  spool(std::filesystem::path directory, limits l);

  /// What the earlier lives left.
  const earlier& before() const { return before_; }

  /// Appends the results in one write. After an error none of them is there.
  std::error_code append(session_id session, const std::vector<outcome>& outcomes);
  /// The results are committed. After an error they may come back in the next life, which is harmless.
  std::error_code acknowledge(session_id session, const std::vector<trigger_id>& triggers);

  /// Results without acknowledgement.
  std::size_t pending() const { return where_.size(); }

private:
  struct key {
    session_id session;
    trigger_id trigger;
    friend bool operator==(const key&, const key&) = default;
  };
  struct key_hash {
    std::size_t operator()(const key& k) const {
      return std::hash<std::int64_t>{}(k.trigger.value) ^ (std::hash<std::int64_t>{}(k.session.value) << 1);
    }
  };
  /// Results as they are read back, in the order in which they were written.
  using replayed = std::vector<std::pair<key, outcome>>;

  void take_lock();
  void read_results();
  void replay(std::uint64_t number, replayed& found);
  std::filesystem::path path_of(std::uint64_t number) const;
  /// Appends to the open file, or begins the next one.
  std::error_code write(const std::string& record);
  /// The result is not kept any longer; answers the number of its file if that holds no other.
  std::optional<std::uint64_t> forget(const key& k);
  /// As forget(); the file that holds no other goes.
  void drop(const key& k);

  std::filesystem::path directory_;
  limits limits_;
  file lock_;
  earlier before_;
  file open_;
  std::uint64_t number_ = 0; ///< of the open file, or of the last one
  std::size_t size_ = 0;
  std::unordered_map<key, std::uint64_t, key_hash> where_; ///< the file that holds each result without acknowledgement
  std::map<std::uint64_t, std::size_t> left_;              ///< results without acknowledgement per file
};

/// The host's boot id, "" if it cannot be read.
std::string host_boot_id();

} // namespace xxl::executor
