#include "cli/batches.hpp"
#include "protocol/limits.hpp"
#include "protocol/validate.hpp"

#include <gtest/gtest.h>

namespace xxl::cli {
namespace {

std::vector<job_spec> jobs(std::size_t n, std::size_t script_bytes = 0) {
  std::vector<job_spec> all(n);
  for (std::size_t i = 0; i < n; ++i) {
    all[i].group = "orders";
    all[i].name = "j" + std::to_string(i);
    if (script_bytes > 0)
      all[i].work = script_work{script_language::shell, std::string(script_bytes, 'x')};
    else
      all[i].work = handler_work{"h"};
  }
  return all;
}

std::vector<group_spec> groups(std::size_t n) {
  std::vector<group_spec> all(n);
  for (std::size_t i = 0; i < n; ++i) all[i].name = "group" + std::to_string(i);
  return all;
}

/// "2+3": groups and jobs of each batch.
std::vector<std::string> shape(const std::vector<apply_request>& batches) {
  std::vector<std::string> s;
  for (auto& b : batches) s.push_back(std::to_string(b.groups.size()) + "+" + std::to_string(b.jobs.size()));
  return s;
}
using shapes = std::vector<std::string>;

TEST(Batches, NothingMakesNone) { EXPECT_TRUE(batches_of({}, {}, "ann", "jobs/").empty()); }

TEST(Batches, GroupsAndJobsShareTheLimitOfItems) {
  auto all = batches_of(groups(2), jobs(1'500), "ann", "jobs/");
  EXPECT_EQ(shape(all), (shapes{"2+998", "0+502"}));
  for (auto& b : all) EXPECT_EQ(invalid(b), std::nullopt);
  EXPECT_EQ(all[1].who, "ann");
  EXPECT_EQ(all[1].source, "jobs/");
  EXPECT_EQ(all[0].jobs.back().name, "j997");
  EXPECT_EQ(all[1].jobs.front().name, "j998");
}

TEST(Batches, AreCutByBytes) {
  auto all = batches_of({}, jobs(5, 60 * 1024), "ann", "jobs/");
  EXPECT_EQ(shape(all), (shapes{"0+3", "0+2"}));
}

TEST(Batches, AnItemBeyondTheBytesTravelsAlone) {
  auto specs = jobs(1);
  auto large = jobs(1, 300 * 1024);
  specs.insert(specs.end(), large.begin(), large.end());
  specs.push_back(specs[0]);
  EXPECT_EQ(shape(batches_of({}, specs, "ann", "jobs/")), (shapes{"0+1", "0+1", "0+1"}));
}

} // namespace
} // namespace xxl::cli
