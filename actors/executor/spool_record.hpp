#pragma once
// The bytes of one spool record: results of a session, or ids that were acknowledged. Each carries its length and a
// checksum, because kill -9 may tear the last one. Little-endian as the machine writes it: a spool never leaves its
// host.

#include "protocol/messages.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xxl::executor {

struct spool_record {
  session_id session;
  std::vector<outcome> results;
  std::vector<trigger_id> acknowledged;
};

std::string encode(const spool_record& record);

/// The first record of `bytes`, which are cut by it; nothing (and `bytes` as they were) if what follows is torn or not
/// ours.
std::optional<spool_record> decode_next(std::string_view& bytes);

} // namespace xxl::executor
