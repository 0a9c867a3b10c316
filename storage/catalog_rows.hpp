#pragma once
// One job as the catalog reads it: the columns, in order, and what they are read into.

#include "storage/catalog.hpp"
#include "storage/soci_values.hpp"

#include <string>
#include <vector>

namespace xxl::storage {

/// For job j, executor_group g and job_fire f.
inline constexpr auto* job_columns =
    "SELECT j.job_id, j.group_id, g.name, j.name, j.version, j.spec, CASE WHEN j.enabled THEN 1 ELSE 0 END,"
    " CASE WHEN j.paused THEN 1 ELSE 0 END, j.deleted_ms, f.next_ms, f.last_ms, CASE WHEN f.awaits_end THEN 1 ELSE 0 "
    "END,"
    " f.fires, CASE WHEN g.paused THEN 1 ELSE 0 END";

class job_columns_into {
public:
  /// `prepare` with these columns bound, to be used as the prepared statement's last bindings.
  soci::details::prepare_temp_type& bind(soci::details::prepare_temp_type& prepare) {
    prepare, soci::into(id_), soci::into(group_), soci::into(group_name_), soci::into(name_), soci::into(version_),
        soci::into(spec_), soci::into(enabled_), soci::into(paused_), soci::into(deleted_.value, deleted_.state),
        soci::into(next_.value, next_.state), soci::into(last_.value, last_.state), soci::into(awaits_end_),
        soci::into(fires_), soci::into(group_paused_);
    return prepare;
  }

  job_row row() const {
    return {.id = {id_},
            .group = {group_},
            .group_name = group_name_,
            .name = name_,
            .version = static_cast<spec_version>(version_),
            .spec = spec_,
            .enabled = enabled_ != 0,
            .paused = paused_ != 0,
            .deleted = deleted_.time(),
            .next = next_.time(),
            .last = last_.time(),
            .awaits_end = awaits_end_ != 0,
            .fires = fires_};
  }
  bool group_paused() const { return group_paused_ != 0; }

private:
  long long id_ = 0, group_ = 0, version_ = 0, enabled_ = 0, paused_ = 0, awaits_end_ = 0, fires_ = 0,
            group_paused_ = 0;
  nullable_number deleted_, next_, last_;
  std::string group_name_, name_, spec_;
};

} // namespace xxl::storage
