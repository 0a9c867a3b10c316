#pragma once
// Newer zone data moves fires: goes through the jobs whose schedules have a zone and plans anew what is not due yet, as
// an edit that leaves the specification alone (guarantees.md §2 "Edits").

#include "storage/catalog.hpp"

#include <optional>
#include <vector>

namespace xxl::admin {

class zone_update {
public:
  /// From the first job on.
  void begin() { after_ = job_id{}; }
  bool under_way() const { return after_.has_value(); }

  /// The next page of jobs; answers those whose next fire is another one now. Throws storage::error: the same page
  /// again, which finds its own work.
  std::vector<job_id> page(storage::catalog& db, instant now);

private:
  std::optional<job_id> after_; ///< the last job of the pages before; none: nothing is under way
};

} // namespace xxl::admin
