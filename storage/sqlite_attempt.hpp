#pragma once
// The columns of an attempt_row as SOCI reads them from SQLite.

#include "storage/attempt_row.hpp"
#include "storage/soci_values.hpp"

#include <soci/soci.h>

#include <string>

namespace xxl::storage::sqlite {

class attempt_columns {
public:
  /// Adds them to a query that is being prepared: (columns.of((s.prepare << sql, use(x, "x"))), into(more)).
  template <class Prepared> Prepared& of(Prepared& query) {
    using soci::into;
    return query, into(trigger_), into(job_), into(fire_), into(planned_.value, planned_.state), into(origin_),
           into(shard_), into(shards_), into(attempt_), into(handed_), into(version_), into(cause_),
           into(params_.value, params_.state), into(kill_);
  }

  /// The row that was fetched last.
  attempt_row row() const {
    return {.trigger = {trigger_},
            .job = {job_},
            .fire = from_ms(fire_),
            .planned = planned_.time(),
            .origin = origin_,
            .shard = static_cast<std::int16_t>(shard_),
            .shards = static_cast<std::int16_t>(shards_),
            .attempt = static_cast<std::int16_t>(attempt_),
            .handed = static_cast<std::int16_t>(handed_),
            .version = static_cast<spec_version>(version_),
            .cause = static_cast<trigger_cause>(cause_),
            .params = params_.text(),
            .kill = kill_ != 0};
  }

private:
  long long trigger_ = 0, job_ = 0, fire_ = 0, shard_ = 0, shards_ = 0, attempt_ = 0, handed_ = 0, version_ = 0,
            cause_ = 0, kill_ = 0;
  nullable_number planned_;
  nullable_text params_;
  std::string origin_;
};

} // namespace xxl::storage::sqlite
