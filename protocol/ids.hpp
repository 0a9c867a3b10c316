#pragma once
// Strong types: two ids swapped do not compile. Each is an int64 on the wire and in the database.

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>

namespace xxl {

template <class Tag> struct strong_id {
  std::int64_t value = 0; ///< 0 means "none"; ids that exist are above 0 and below 2^53

  friend bool operator==(const strong_id&, const strong_id&) = default;
  friend auto operator<=>(const strong_id&, const strong_id&) = default;
  explicit operator bool() const noexcept { return value != 0; }
};

template <class Inspector, class Tag> typename Inspector::result_type inspect(Inspector& f, strong_id<Tag>& x) {
  return f(x.value);
}

template <class Tag> std::string to_string(strong_id<Tag> x) { return std::to_string(x.value); }

using job_id = strong_id<struct job_id_tag>;
using group_id = strong_id<struct group_id_tag>;
/// One attempt to run one job (or one shard of it) for one fire time. Below 2^53.
using trigger_id = strong_id<struct trigger_id_tag>;
/// One life of an executor process: random, 63 bits.
using session_id = strong_id<struct session_id_tag>;
/// One reign of a leader; rises with each takeover (guarantees.md §3).
using epoch_id = strong_id<struct epoch_id_tag>;

/// Version of a job's specification: 1 at creation, rises with each edit.
using spec_version = std::int32_t;

/// Unix milliseconds, UTC. Everything that is stored or planned has this resolution.
using instant = std::chrono::sys_time<std::chrono::milliseconds>;

/// Milliseconds since the Unix epoch, as the database stores them.
inline std::int64_t to_ms(instant t) { return t.time_since_epoch().count(); }
inline instant from_ms(std::int64_t ms) { return instant{std::chrono::milliseconds{ms}}; }

} // namespace xxl

template <class Tag> struct std::hash<xxl::strong_id<Tag>> {
  std::size_t operator()(xxl::strong_id<Tag> x) const noexcept { return std::hash<std::int64_t>{}(x.value); }
};
