#pragma once
// Reads ahead (storage.md §4a): what is due soon, and the specifications needed to run it. Writes nothing. A connection
// of its own.

#include "storage/attempt_row.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace xxl::storage {

struct due_job {
  job_id job;
  instant next{};
  std::optional<instant> last;
  spec_version version = 0;
  std::int64_t fires = 0; ///< since the schedule began
};

struct waiting_row : attempt_row {
  instant due{};
  state_reason reason = state_reason::none;
  bool deleted = false; ///< of a deleted job: complete as discarded
};

/// A row of a session, marked for killing.
struct marked_row {
  trigger_id trigger;
  job_id job;
  spec_version version = 0;
  instant fire{};
  std::int16_t attempt = 1;
  session_id session;
};

/// A job's specification as of one version: JSON text (config/spec_json.hpp reads it).
struct stored_spec {
  job_id job;
  spec_version version = 0;
  group_id group;
  std::string group_name;
  std::string spec;
};

struct spec_key {
  job_id job;
  spec_version version = 0;
};

class plan_reader {
public:
  virtual ~plan_reader() = default;
  virtual void connect() = 0;
  /// Fire rows with next < until and (next, job) above the key, in that order; at most `most` (5,000).
  virtual std::vector<due_job> due(instant until, instant after_next, job_id after_job, std::size_t most) = 0;
  /// Waiting rows likewise; those held by a pause are left out unless they are to be killed or discarded.
  virtual std::vector<waiting_row> waiting(instant until, instant after_due, trigger_id after_trigger,
                                           std::size_t most) = 0;
  /// Rows of a session that are marked for killing and still open, by id above `after`; at most `most`.
  virtual std::vector<marked_row> marked(trigger_id after, std::size_t most) = 0;
  /// The specification each version has; unknown keys are left out.
  virtual std::vector<stored_spec> specs(std::span<const spec_key> keys) = 0;
};

} // namespace xxl::storage
