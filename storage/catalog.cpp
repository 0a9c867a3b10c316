#include "storage/catalog_audit.hpp"
#include "storage/catalog_cluster.hpp"
#include "storage/catalog_days.hpp"
#include "storage/catalog_edit.hpp"
#include "storage/catalog_executors.hpp"
#include "storage/catalog_groups.hpp"
#include "storage/catalog_jobs.hpp"
#include "storage/catalog_kill.hpp"
#include "storage/catalog_triggers.hpp"
#include "storage/soci_catalog.hpp"
#include "storage/soci_specs.hpp"

#include <type_traits>
#include <utility>

namespace xxl::storage {
namespace {

class soci_catalog final : public catalog {
public:
  explicit soci_catalog(soci_connection connection) : connection_{std::move(connection)} {}

  void connect() override {
    connection_.run([](soci::session&) {});
  }
  trigger_id take_ids() override {
    return with([&](auto& s) { return take_trigger_ids(connection_, s); });
  }
  std::vector<group_row> groups() override {
    return with([&](auto& s) { return list_groups(s); });
  }
  std::string put_group(const group_spec& g, const edit_note& note) override {
    return with([&](auto& s) { return storage::put_group(connection_, s, g, note); });
  }
  std::optional<job_row> find_job(const std::string& group, const std::string& name) override {
    return with([&](auto& s) { return storage::find_job(s, group, name); });
  }
  std::vector<job_row> find_jobs(std::span<const job_ref> names) override {
    return with([&](auto& s) { return storage::find_jobs(connection_, s, names); });
  }
  std::vector<job_row> list_jobs(const job_query& q) override {
    return with([&](auto& s) { return storage::list_jobs(s, q); });
  }
  std::vector<job_id> create_jobs(std::span<const new_job> jobs, const edit_note& note) override {
    return with([&](auto& s) { return storage::create_jobs(connection_, s, jobs, note); });
  }
  std::optional<job_row> edit_job(job_id job, const std::function<std::optional<job_edit>(const locked_job&)>& decide,
                                  const edit_note& note) override {
    return with([&](auto& s) { return storage::edit_job(connection_, s, job, decide, note); });
  }
  trigger_receipt insert_manual(const manual_row& row) override {
    return with([&](auto& s) { return storage::insert_manual(connection_, s, row); });
  }
  kill_marks kill(std::span<const trigger_id> triggers, const edit_note& note, const std::string& target) override {
    return with([&](auto& s) { return mark_for_killing(connection_, s, triggers, note, target); });
  }
  std::vector<trigger_id> open_unmarked(job_id job, std::size_t most) override {
    return with([&](auto& s) { return storage::open_unmarked(s, job, most); });
  }
  cluster_view cluster() override {
    return with([&](auto& s) { return read_cluster(connection_, s); });
  }
  std::vector<executor_view> list_executors() override {
    return with([&](auto& s) { return storage::list_executors(s); });
  }
  std::vector<trigger_view> list_triggers(const trigger_query& q) override {
    return with([&](auto& s) { return storage::list_triggers(connection_, s, q); });
  }
  std::vector<gap_view> list_gaps(job_id job, std::size_t most) override {
    return with([&](auto& s) { return storage::list_gaps(s, job, most); });
  }
  std::vector<stored_spec> specs(std::span<const spec_key> keys) override {
    return with([&](auto& s) { return read_specs(connection_, s, keys); });
  }
  std::vector<audit_job> audit_jobs(const audit_query& q) override {
    return with([&](auto& s) { return storage::audit_jobs(connection_, s, q); });
  }
  std::vector<version_row> audit_versions(const audit_query& q) override {
    return with([&](auto& s) { return storage::audit_versions(connection_, s, q); });
  }
  std::vector<audit_gap> audit_gaps(const audit_query& q) override {
    return with([&](auto& s) { return storage::audit_gaps(connection_, s, q); });
  }
  std::vector<audit_trigger> audit_triggers(const audit_query& q) override {
    return with([&](auto& s) { return storage::audit_triggers(connection_, s, q); });
  }
  void ensure_days(instant from, instant to) override {
    with([&](auto& s) { storage::ensure_days(connection_, s, from, to); });
  }

private:
  template <class Work> std::invoke_result_t<Work, soci::session&> with(Work work) {
    return connection_.run(std::move(work));
  }

  soci_connection connection_;
};

} // namespace

std::unique_ptr<catalog> open_soci_catalog(soci_connection connection) {
  return std::make_unique<soci_catalog>(std::move(connection));
}

} // namespace xxl::storage
