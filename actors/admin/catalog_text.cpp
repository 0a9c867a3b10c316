#include "actors/admin/catalog_text.hpp"

#include "config/nearest_name.hpp"

#include <initializer_list>
#include <utility>
#include <vector>

namespace xxl::admin {
namespace {

std::string keys_of(std::initializer_list<std::pair<const char*, bool>> changed) {
  std::string all;
  for (auto& [key, differs] : changed)
    if (differs) all += (all.empty() ? "" : ", ") + std::string{key};
  return all;
}

bool same_ends(const retry_rule& a, const retry_rule& b) {
  return a.on_failed == b.on_failed && a.on_timed_out == b.on_timed_out && a.on_lost == b.on_lost;
}

} // namespace

std::string changed_keys(const job_spec& before, const job_spec& after) {
  bool script = std::holds_alternative<script_work>(before.work) || std::holds_alternative<script_work>(after.work);
  bool handler = std::holds_alternative<handler_work>(before.work) || std::holds_alternative<handler_work>(after.work);
  bool work = before.work != after.work;
  return keys_of(
      {{"schedule", before.schedule != after.schedule},
       {"handler", work && handler},
       {"script", work && script},
       {"params", before.params != after.params},
       {"route", before.route != after.route},
       {"block", before.block != after.block},
       {"misfire", before.misfire != after.misfire},
       {"misfire_cap", before.misfire_cap != after.misfire_cap},
       {"misfire_deadline", before.misfire_deadline != after.misfire_deadline},
       {"retries", before.retry.retries != after.retry.retries},
       {"retry_on", before.retry.retries > 0 && after.retry.retries > 0 && !same_ends(before.retry, after.retry)},
       {"timeout", before.timeout != after.timeout},
       {"owner", before.owner != after.owner},
       {"enabled", before.enabled != after.enabled}});
}

std::string changed_keys(const group_spec& before, const group_spec& after) {
  return keys_of({{"title", before.title != after.title},
                  {"addresses", before.mode != after.mode || before.addresses != after.addresses}});
}

std::string suggestion(std::string_view wanted, std::span<const std::string> names) {
  std::vector<std::string_view> known{names.begin(), names.end()};
  auto nearest = config::nearest_name(wanted, known);
  return nearest.empty() ? std::string{} : "; did you mean \"" + std::string{nearest} + "\"?";
}

} // namespace xxl::admin
