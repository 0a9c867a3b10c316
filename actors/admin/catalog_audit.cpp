#include "actors/admin/catalog_audit.hpp"

#include "config/spec_json.hpp"

#include <utility>
#include <variant>

namespace xxl::admin {

audit_version audit_view(storage::version_row row) {
  audit_version view;
  view.job = row.job;
  view.version = row.version;
  view.from = row.from;
  view.after = row.after;
  view.first_fire = row.first_fire;
  view.enabled = row.enabled;
  view.paused = row.paused;
  view.tzdb = std::move(row.tzdb);
  view.fires = row.fires;
  view.ran_out = row.ran_out;
  if (!row.spec) return view;
  auto spec = config::from_json(*row.spec);
  if (auto* read = std::get_if<job_spec>(&spec)) {
    view.schedule = std::move(read->schedule);
    view.retry = read->retry;
  } else {
    view.problem = std::move(std::get<std::string>(spec));
  }
  return view;
}

} // namespace xxl::admin
