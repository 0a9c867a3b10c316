// Groups, jobs, edits and manual triggers (storage.md §4d), on both databases.

#include "tests/storage/conformance.hpp"

namespace xxl::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class catalog_conformance : public conformance {
protected:
  new_job job_in(const std::string& group, const std::string& name) {
    return {group, name, "{}", "ann", "test", true, from_ms(5'000)};
  }
  std::optional<job_row> edit(job_id job, const job_edit& e) {
    return catalog->edit_job(
        job, [&](const locked_job&) { return std::optional{e}; }, note);
  }
};

TEST_P(catalog_conformance, AGroupIsCreatedChangedOrUnchanged) {
  group_spec g{"orders", "Orders", address_mode::fixed, {"host-1", "h\"2"}};
  EXPECT_EQ(catalog->put_group(g, note), "created");
  EXPECT_EQ(catalog->put_group(g, note), "unchanged");
  g.addresses.push_back("host-3");
  EXPECT_EQ(catalog->put_group(g, note), "changed");
  const auto groups = catalog->groups();
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[1].spec, g);
  EXPECT_FALSE(groups[1].paused);
  EXPECT_EQ(number("SELECT count(*) FROM operator_log WHERE target = 'group orders'"), 2);
}

TEST_P(catalog_conformance, CreatedJobsAreFoundInTheOrderOfTheirIds) {
  catalog->put_group({"other", "", address_mode::automatic, {}}, note);
  const std::vector jobs{job_in("other", "b"), job_in("group", "b"), job_in("group", "a")};
  const auto ids = catalog->create_jobs(jobs, note);
  ASSERT_EQ(ids.size(), 3U);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const auto found = catalog->find_job(jobs[i].group, jobs[i].name);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, ids[i]);
    EXPECT_EQ(found->version, 1);
    EXPECT_EQ(found->next, from_ms(5'000));
    EXPECT_EQ(found->spec, "{}");
  }
  EXPECT_EQ(number("SELECT count(*) FROM job_version WHERE version = 1 AND tzdb = '2024a'"), 3);
  EXPECT_EQ(number("SELECT count(*) FROM operator_log WHERE what = 'apply' AND target LIKE 'job %'"), 3);
  EXPECT_EQ(catalog->groups().at(0).jobs, 2U);
}

TEST_P(catalog_conformance, AJobThatExistsRefusesAllOfItsBatch) {
  make_job("a");
  EXPECT_EQ(kind_thrown([&] {
              catalog->create_jobs(std::vector{job_in("group", "b"), job_in("group", "a")}, note);
            }),
            error_kind::refused);
  EXPECT_FALSE(catalog->find_job("group", "b"));
}

TEST_P(catalog_conformance, AJobOfAnUnknownGroupIsRefused) {
  EXPECT_EQ(kind_thrown([&] { catalog->create_jobs(std::vector{job_in("nobody", "a")}, note); }), error_kind::refused);
}

TEST_P(catalog_conformance, NoJobsAreCreatedAtOnce) { EXPECT_THAT(catalog->create_jobs({}, note), IsEmpty()); }

TEST_P(catalog_conformance, ThousandJobsAreCreatedAndFoundInOneBatch) {
  std::vector<new_job> jobs;
  std::vector<job_ref> names;
  for (int i = 0; i < 1'000; ++i) {
    jobs.push_back(job_in("group", "job" + std::to_string(i)));
    names.push_back({"group", jobs.back().name});
  }
  names.push_back({"group", "nobody"});
  names.push_back({"nobody", "job1"});
  const auto ids = catalog->create_jobs(jobs, note);
  const auto found = catalog->find_jobs(names);
  ASSERT_EQ(found.size(), 1'000U);
  for (const auto& row : found) EXPECT_EQ(row.id, ids.at(std::stoul(row.name.substr(3))));
}

TEST_P(catalog_conformance, AJobInAPausedGroupIsPlannedForNothing) {
  sql("UPDATE executor_group SET paused = " + std::string{GetParam() == dialect::sqlite ? "1" : "true"});
  const auto job = make_job("a");
  EXPECT_FALSE(read_job(job).next);
  job_edit e;
  e.next = from_ms(9'000);
  e.awaits_end = true;
  const auto after = edit(job, e);
  EXPECT_FALSE(after->next);
  EXPECT_FALSE(after->awaits_end);
}

TEST_P(catalog_conformance, JobsAreListedInPagesOfAGroup) {
  catalog->put_group({"other", "", address_mode::automatic, {}}, note);
  const auto a = make_job("a");
  catalog->create_jobs(std::vector{job_in("other", "x")}, note);
  const auto b = make_job("b"), gone = make_job("gone");
  sql("UPDATE job SET deleted_ms = 1 WHERE job_id = " + to_string(gone));
  job_query q;
  q.group = "group";
  q.limit = 1;
  auto page = catalog->list_jobs(q);
  ASSERT_EQ(page.size(), 1U);
  EXPECT_EQ(page[0].id, a);
  q.after = a;
  q.limit = 10;
  page = catalog->list_jobs(q);
  ASSERT_EQ(page.size(), 1U);
  EXPECT_EQ(page[0].id, b);
  EXPECT_EQ(page[0].group_name, "group");
  q = {};
  q.name = "x";
  EXPECT_EQ(catalog->list_jobs(q).size(), 1U);
  EXPECT_TRUE(catalog->find_job("group", "gone")->deleted);
}

TEST_P(catalog_conformance, AnEditWritesJobFireRowVersionAndLogTogether) {
  const auto job = make_job("a");
  job_edit e;
  e.spec = R"({"x": 2})";
  e.next = from_ms(7'000);
  const auto after = edit(job, e);
  ASSERT_TRUE(after);
  EXPECT_EQ(after->version, 2);
  EXPECT_EQ(after->spec, R"({"x": 2})");
  EXPECT_EQ(after->next, from_ms(7'000));
  EXPECT_EQ(number("SELECT version FROM job_fire"), 2);
  EXPECT_EQ(number("SELECT count(*) FROM job_version WHERE version = 2 AND first_fire_ms = 7000 AND who = 'ann'"), 1);
  EXPECT_EQ(number("SELECT count(*) FROM operator_log WHERE target = 'job " + to_string(job) + "'"), 2);
}

TEST_P(catalog_conformance, TheEditorSeesTheJobUnderItsLock) {
  const auto job = make_job("a");
  claim_one(job, {101});
  std::optional<locked_job> seen;
  bool open = false;
  const auto after = catalog->edit_job(
      job,
      [&](const locked_job& j) -> std::optional<job_edit> {
        seen = j;
        open = j.last_fire_open();
        return std::nullopt;
      },
      note);
  ASSERT_TRUE(seen);
  EXPECT_TRUE(open);
  EXPECT_EQ(seen->job.last, from_ms(5'000));
  EXPECT_FALSE(seen->group_paused);
  EXPECT_EQ(after->version, 1) << "left as it is";
  complete_one(end_of({101}));
  catalog->edit_job(
      job,
      [&](const locked_job& j) -> std::optional<job_edit> {
        open = j.last_fire_open();
        return std::nullopt;
      },
      note);
  EXPECT_FALSE(open);
}

TEST_P(catalog_conformance, APauseStopsThePlanAndKeepsTheSpec) {
  const auto job = make_job("a");
  job_edit e;
  e.paused = true;
  e.next = from_ms(9'000);
  e.gap = {from_ms(5'000), from_ms(6'000), 2, state_reason::paused};
  e.move_last = from_ms(6'000);
  const auto after = edit(job, e);
  EXPECT_TRUE(after->paused);
  EXPECT_FALSE(after->next);
  EXPECT_EQ(after->last, from_ms(6'000));
  EXPECT_EQ(after->spec, "{}");
  const auto gaps = catalog->list_gaps(job, 10);
  ASSERT_EQ(gaps.size(), 1U);
  EXPECT_EQ(gaps[0].reason, state_reason::paused);
  EXPECT_EQ(number("SELECT version FROM gap"), 1) << "of the version that was in force";
  EXPECT_EQ(number("SELECT after_ms FROM job_version WHERE version = 2"), 6'000);
}

TEST_P(catalog_conformance, AnEditNeverMovesTheLastFireBack) {
  const auto job = make_job("a");
  claim_one(job, {101});
  job_edit e;
  e.next = from_ms(9'000);
  e.move_last = from_ms(1'000);
  EXPECT_EQ(edit(job, e)->last, from_ms(5'000));
}

TEST_P(catalog_conformance, AnEditThatWouldFireAnInstantAgainIsRefusedWhole) {
  const auto job = make_job("a");
  claim_one(job, {101});
  job_edit e;
  e.spec = R"({"x": 2})";
  e.next = from_ms(5'000);
  EXPECT_EQ(kind_thrown([&] { edit(job, e); }), error_kind::refused);
  EXPECT_EQ(read_job(job).version, 1);
  EXPECT_EQ(read_job(job).next, from_ms(6'000));
  e.next = from_ms(8'000);
  EXPECT_EQ(edit(job, e)->version, 2) << "the connection goes on after a refusal";
}

TEST_P(catalog_conformance, AnEditThatThrowsChangesNothing) {
  const auto job = make_job("a");
  EXPECT_THROW(catalog->edit_job(
                   job, [](const locked_job&) -> std::optional<job_edit> { throw std::runtime_error{"no"}; }, note),
               std::runtime_error);
  EXPECT_EQ(read_job(job).version, 1);
  EXPECT_TRUE(edit(job, {})) << "the lock is free again";
}

TEST_P(catalog_conformance, AnUnknownJobIsNotEdited) { EXPECT_FALSE(edit({999}, {})); }

TEST_P(catalog_conformance, ARepeatedRequestAnswersTheFirstOnesTrigger) {
  const auto job = make_job("a");
  const manual_row first{"req-1", job, 1, {301}, from_ms(20'000), "--x", "ann"};
  EXPECT_FALSE(catalog->insert_manual(first).repeated);
  const auto again = catalog->insert_manual({"req-1", job, 1, {302}, from_ms(20'500), "--y", "ann"});
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.trigger, trigger_id{301});
  EXPECT_EQ(again.fire, from_ms(20'000));
  EXPECT_FALSE(find_trigger({302}));
  const auto row = find_trigger({301});
  EXPECT_EQ(row->origin, "m301");
  EXPECT_EQ(row->cause, trigger_cause::manual);
  EXPECT_EQ(row->params, "--x");
}

TEST_P(catalog_conformance, GapsAreListedNewestFirst) {
  const auto job = make_job("a");
  for (const long long from : {1'000, 2'000, 3'000}) {
    job_edit e;
    e.gap = {from_ms(from), from_ms(from + 500), 1, state_reason::edited};
    edit(job, e);
  }
  const auto gaps = catalog->list_gaps(job, 2);
  ASSERT_EQ(gaps.size(), 2U);
  EXPECT_EQ(gaps[0].from, from_ms(3'000));
  EXPECT_EQ(gaps[1].from, from_ms(2'000));
}

XXL_ON_BOTH_DATABASES(catalog_conformance);

} // namespace
} // namespace xxl::storage
