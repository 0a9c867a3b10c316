// guarantees.md §2 Misfire: due fires = first attempts + gap rows. Each version of a job says, by its schedule, which
// fires were due while it was in force; each of them is a trigger or lies in a gap row, and none is both.

#include "config/schedule_of.hpp"
#include "config/spec_json.hpp"
#include "tests/simulation/laws/law.hpp"

#include <map>
#include <set>
#include <variant>
#include <vector>

namespace xxl::sim {
namespace {

class record final : public law {
public:
  explicit record(judge& j) : judge_{j} {}

  void inserted(const version_row& x) override { jobs_[x.job].versions.push_back(x); }
  void inserted(const gap_row& x) override { jobs_[x.job].gaps.push_back(x); }
  void inserted(const open_trigger& x) override {
    if (x.key.origin.empty() && x.key.attempt == 1) jobs_[x.key.job].fires.push_back(x.key.fire);
  }
  void updated(const fire_plan&, const fire_plan& x) override { jobs_[x.job].last = x.last; }

  void finish() override {
    for (auto& [id, job] : jobs_) look(id, job);
  }

private:
  struct job_record {
    std::vector<version_row> versions;
    std::vector<gap_row> gaps;
    std::vector<instant> fires;
    std::optional<instant> last;
  };

  /// What was due while each version was in force; nothing for a fixed delay, whose fires no schedule tells.
  static std::optional<std::set<instant>> due(const job_record& job) {
    std::set<instant> all;
    schedule::timetable times;
    instant from = job.versions.front().from;
    for (std::size_t i = 0; i < job.versions.size(); ++i) {
      auto& v = job.versions[i];
      if (!v.spec.empty())
        times =
            std::get<schedule::timetable>(config::timetable_of(std::get<job_spec>(config::from_json(v.spec)).schedule));
      if (times.what() == schedule::timetable::kind::after) return std::nullopt;
      from = v.after.value_or(from);
      auto until = i + 1 < job.versions.size() ? job.versions[i + 1].after : job.last;
      if (!v.enabled || !until) continue;
      for (auto t = times.next(from); t && *t <= *until; t = times.next(*t)) all.insert(*t);
    }
    return all;
  }

  void look(job_id id, const job_record& job) {
    auto left = due(job);
    if (!left) return;
    auto wrong = [&](const std::string& what) {
      judge_.violated("due fires are first attempts and gap rows", "job " + to_string(id) + ": " + what);
    };
    for (auto fire : job.fires)
      if (left->erase(fire) == 0)
        wrong("the fire at " + std::to_string(to_ms(fire)) + " was not due, or is there twice");
    for (auto& gap : job.gaps) {
      auto begin = left->lower_bound(gap.from), end = left->upper_bound(gap.to);
      if (std::distance(begin, end) != gap.fires)
        wrong("the gap from " + std::to_string(to_ms(gap.from)) + " to " + std::to_string(to_ms(gap.to)) + " says " +
              std::to_string(gap.fires) + " fires; " + std::to_string(std::distance(begin, end)) +
              " are left there without a trigger");
      left->erase(begin, end);
    }
    if (!left->empty())
      wrong(std::to_string(left->size()) + " due fires have neither a trigger nor a gap row, the first at " +
            std::to_string(to_ms(*left->begin())));
  }

  judge& judge_;
  std::map<job_id, job_record> jobs_;
};

} // namespace

std::unique_ptr<law> the_record_is_complete(judge& j) { return std::make_unique<record>(j); }

} // namespace xxl::sim
