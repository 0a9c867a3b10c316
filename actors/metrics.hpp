#pragma once
// Named counters and gauges of one node: written by any actor without a message, read by `xxlctl stats`.

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace xxl {

class metrics {
public:
  using value = std::atomic<std::int64_t>;
  /// The value of that name, made at its first use; it lives as long as this object. Names: area.thing
  /// ("ring.entries"); units last
  /// ("claim.last_ms"). Keep the reference, do not look up on the hot path.
  value& at(const std::string& name);
  std::map<std::string, std::int64_t> snapshot() const;

private:
  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<value>> values_;
};

using metrics_ptr = std::shared_ptr<metrics>;

} // namespace xxl
