#pragma once
// Which runs have begun (guarantees.md §3, Ending a session): an id is written down before its work starts, so that
// after kill -9 of this process what is not written never started. Stands beside the spool, under its lock. Nothing is
// synced: the journal outlives the process, not the host, and says which boot it is of.
//
//   starts-NNNNNN      "xxl-starts-1 SESSION BOOT\n", then one id after the other, 8 bytes each as the machine has them
//
// A life has a file before any leader hears of it: one that had started nothing is known by its empty journal. Other
// files go when all their ids are acknowledged; all go when their life is settled. Safe from any thread.

#include "actors/executor/file.hpp"
#include "protocol/ids.hpp"
#include "protocol/limits.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <system_error>
#include <unordered_map>
#include <vector>

namespace xxl::executor {

class start_journal {
public:
  struct limits {
    std::size_t file_bytes = 64 * 1024;     ///< then a new file begins
    std::size_t lives = xxl::limits::lives; ///< earlier ones that nobody has settled; a hello names no more
  };
  /// What the earlier lives on this boot had started, acknowledged or not, by life.
  using earlier = std::map<session_id, std::vector<trigger_id>>;

  /// Reads what is there; files of other boots go, and so do the oldest lives beyond `limits::lives`. The spool's lock
  /// is held by the caller. Throws std::system_error that names the path.
  start_journal(std::filesystem::path directory, std::string boot) : start_journal{directory, boot, limits{}} {}
  start_journal(std::filesystem::path directory, std::string boot, limits l);

  const earlier& before() const { return before_; }

  /// That session begins: its file is there from now on. After an error it is not.
  std::error_code begin(session_id session);
  /// That run begins now. After an error it must not.
  std::error_code note(session_id session, trigger_id id);
  /// Their results are committed.
  void acknowledged(const std::vector<trigger_id>& ids);
  /// Every row of that earlier life is settled.
  void settled(session_id life);

private:
  std::filesystem::path path_of(std::uint64_t number) const;
  void read(std::uint64_t number);
  void forget_oldest();
  std::error_code open_next(session_id session);
  void close_open();

  const std::filesystem::path directory_;
  const std::string boot_;
  const limits limits_;
  earlier before_;
  std::map<session_id, std::vector<std::uint64_t>> earlier_files_;
  std::mutex mutex_; // guards what follows
  file open_;
  session_id session_; ///< of the open file
  std::uint64_t number_ = 0;
  std::size_t size_ = 0;
  std::unordered_map<trigger_id, std::uint64_t> where_; ///< ids of this process, not acknowledged: their file
  std::map<std::uint64_t, std::size_t> left_;           ///< how many per file
};

} // namespace xxl::executor
