// What an audit reads of the catalog actor.

#include "config/spec_json.hpp"
#include "protocol/limits.hpp"
#include "protocol/wire_size.hpp"
#include "tests/actors_admin/operator_catalog_fixture.hpp"

namespace xxl::admin::test {
namespace {

using storage::error_kind;

class AuditLists : public CatalogTest {
protected:
  audit_query query{{1}, {1'000}, {}, {}, {}, 1'000};

  std::vector<audit_version> versions() {
    auto answer = ask<std::vector<audit_version>>(catalog, audit_atom_v, versions_atom_v, query);
    EXPECT_TRUE(answer) << error(answer);
    return answer ? *answer : std::vector<audit_version>{};
  }
  static storage::version_row version(std::optional<std::string> spec) {
    return {{7}, 3, instant{5s}, instant{4s}, instant{6s}, false, true, std::move(spec), "2025b", 41, instant{3s}};
  }
};

TEST_F(AuditLists, AVersionShowsItsScheduleAndItsRetriesAlone) {
  auto spec = job("a", cron_schedule{"0 0 * * * ?", "Asia/Shanghai"});
  spec.retry = {3, true, false, true};
  db->audited.versions = {version(xxl::config::to_json(spec))};
  auto rows = versions();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].job, job_id{7});
  EXPECT_EQ(rows[0].version, 3);
  EXPECT_EQ(rows[0].from, instant{5s});
  EXPECT_EQ(rows[0].after, instant{4s});
  EXPECT_EQ(rows[0].first_fire, instant{6s});
  EXPECT_FALSE(rows[0].enabled);
  EXPECT_TRUE(rows[0].paused);
  EXPECT_EQ(rows[0].tzdb, "2025b");
  EXPECT_EQ(rows[0].schedule, spec.schedule);
  EXPECT_EQ(rows[0].retry, spec.retry);
  EXPECT_EQ(rows[0].problem, "");
}

TEST_F(AuditLists, AVersionWithoutASpecificationIsAsBefore) {
  db->audited.versions = {version({})};
  auto rows = versions();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_FALSE(rows[0].schedule);
  EXPECT_EQ(rows[0].problem, "");
}

TEST_F(AuditLists, AVersionThatCannotBeReadIsListedWithItsProblem) {
  db->audited.versions = {version("{"), version(xxl::config::to_json(job("a")))};
  auto rows = versions();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].problem.find("stored specification: "), 0u) << rows[0].problem;
  EXPECT_FALSE(rows[0].schedule);
  EXPECT_EQ(rows[1].problem, "");
}

TEST_F(AuditLists, ThePageOfEachEndsWhereTheMessageIsFull) {
  db->audited.jobs.resize(5'000);
  db->audited.versions.resize(5'000, version(xxl::config::to_json(job("a"))));
  db->audited.gaps.resize(5'000);
  db->audited.triggers.resize(5'000);
  auto fits = [](const auto& answer) {
    std::size_t bytes = 0;
    for (auto& row : *answer) bytes += wire_size(row);
    return bytes <= limits::batch_bytes && bytes + 2 * wire_size(answer->back()) > limits::batch_bytes;
  };
  EXPECT_TRUE(fits(ask<std::vector<audit_job>>(catalog, audit_atom_v, jobs_atom_v, query)));
  EXPECT_TRUE(fits(ask<std::vector<audit_version>>(catalog, audit_atom_v, versions_atom_v, query)));
  EXPECT_TRUE(fits(ask<std::vector<audit_gap>>(catalog, audit_atom_v, gaps_atom_v, query)));
  EXPECT_TRUE(fits(ask<std::vector<audit_trigger>>(catalog, audit_atom_v, triggers_atom_v, query)));
}

TEST_F(AuditLists, ADatabaseThatIsGoneIsSaidSo) {
  for (auto* list : {"audit_jobs", "audit_versions", "audit_gaps", "audit_triggers"})
    db->faults.push_back({list, error_kind::fatal, false});
  auto said = [](const auto& answer) { return error(answer); };
  EXPECT_EQ(said(ask<std::vector<audit_job>>(catalog, audit_atom_v, jobs_atom_v, query)),
            "internal: database: audit_jobs failed on purpose");
  EXPECT_EQ(said(ask<std::vector<audit_version>>(catalog, audit_atom_v, versions_atom_v, query)),
            "internal: database: audit_versions failed on purpose");
  EXPECT_EQ(said(ask<std::vector<audit_gap>>(catalog, audit_atom_v, gaps_atom_v, query)),
            "internal: database: audit_gaps failed on purpose");
  EXPECT_EQ(said(ask<std::vector<audit_trigger>>(catalog, audit_atom_v, triggers_atom_v, query)),
            "internal: database: audit_triggers failed on purpose");
}

} // namespace
} // namespace xxl::admin::test
