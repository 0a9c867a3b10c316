#include "protocol/wire_size.hpp"

#include <variant>

namespace xxl {
namespace {

constexpr std::size_t fixed = 96; ///< of one item: ids, instants, enumerations, and the lengths of its texts

std::size_t size_of(const work_spec& work) {
  if (auto* handler = std::get_if<handler_work>(&work)) return handler->name.size();
  return std::get<script_work>(work).source.size();
}

std::size_t size_of(const schedule_spec& schedule) {
  auto* cron = std::get_if<cron_schedule>(&schedule.kind);
  auto n = (cron ? cron->expression.size() + cron->timezone.size() : 0) + schedule.calendar_zone.size();
  for (auto& layer : schedule.calendar.layers) {
    n += fixed + layer.name.size() + 2 * layer.bases.size();
    for (auto* list : {&layer.exclude, &layer.include, &layer.hours})
      for (auto& entry : *list) n += entry.size() + 4;
  }
  return n;
}

} // namespace

std::size_t wire_size(const order& x) {
  return fixed + x.job_name.size() + x.origin.size() + x.params.size() + size_of(x.work);
}

std::size_t wire_size(const outcome& x) { return fixed + x.message.size(); }

std::size_t wire_size(const job_spec& x) {
  return fixed + x.group.size() + x.name.size() + x.params.size() + x.owner.size() + size_of(x.work) +
         size_of(x.schedule);
}

std::size_t wire_size(const group_spec& x) {
  auto n = fixed + x.name.size() + x.title.size();
  for (auto& address : x.addresses) n += address.size() + 4;
  return n;
}

std::size_t wire_size(const job_view& x) { return fixed + wire_size(x.spec) + x.problem.size(); }

std::size_t wire_size(const trigger_view& x) {
  return 2 * fixed + x.group.size() + x.job_name.size() + x.origin.size() + x.executor.size() + x.params.size() +
         x.message.size();
}

std::size_t wire_size(const audit_job& x) { return fixed + x.group.size() + x.name.size(); }

std::size_t wire_size(const audit_version& x) {
  return fixed + (x.schedule ? size_of(*x.schedule) : 0) + x.tzdb.size() + x.problem.size();
}

std::size_t wire_size(const audit_gap&) { return fixed; }

std::size_t wire_size(const audit_trigger& x) { return fixed + x.origin.size(); }

} // namespace xxl
