#pragma once
// The handlers' own record of what they started, a line per start, as `xxlctl audit --handlers` reads it
// (docs/xxlctl.md): JOB FIRE ORIGIN SHARD ATTEMPT SESSION. It is kept in memory as a whole, some 60 bytes a line.

#include "protocol/audit_messages.hpp"

#include <istream>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace xxl::audit {

/// One start. What is no shard counts as shard 0, as handlers see it.
struct handler_start {
  instant fire{};
  std::string origin;
  std::int16_t shard = 0, attempt = 1;
  session_id session;
};

/// Where a start belongs among the others of its job: by fire time, origin, shard and attempt.
bool comes_before(const handler_start& a, const handler_start& b);
/// The start that this trigger would have noted.
handler_start start_of(const audit_trigger& t);

class handler_record {
public:
  /// Throws bad_line. `name` is the file's, for its errors.
  static handler_record read(std::istream& in, const std::string& name);

  struct bad_line : std::runtime_error {
    using std::runtime_error::runtime_error; ///< "FILE:LINE: what is wrong"
  };

  void add(const std::string& job, handler_start start);
  /// After the last add(), before starts_of().
  void sort();

  /// Sorted; empty if it does not name the job ("group/name").
  std::span<const handler_start> starts_of(const std::string& job) const;
  std::vector<std::string> jobs() const;

private:
  std::map<std::string, std::vector<handler_start>> starts_;
};

} // namespace xxl::audit
