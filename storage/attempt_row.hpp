#pragma once
// What an open row of the ledger says of its attempt, whoever reads it and why. Queries name these columns first, in
// this order.

#include "protocol/enums.hpp"
#include "protocol/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace xxl::storage {

struct attempt_row {
  trigger_id trigger;
  job_id job;
  instant fire{};
  std::optional<instant> planned; ///< absent: the fire itself
  std::string origin;
  std::int16_t shard = -1, shards = 0, attempt = 1, handed = 0;
  spec_version version = 0;
  trigger_cause cause = trigger_cause::schedule;
  std::optional<std::string> params; ///< absent: the job's own
  bool kill = false;                 ///< marked for killing: complete as killed
};

} // namespace xxl::storage
