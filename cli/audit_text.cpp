#include "cli/audit_text.hpp"

#include "cli/table.hpp"
#include "cli/words.hpp"
#include "config/instant.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace xxl::cli {
namespace {

std::string counted(std::uint64_t n, const char* what) { return std::to_string(n) + " " + what + (n == 1 ? "" : "s"); }

std::string lines(const std::vector<audit::finding>& kept, std::uint64_t all, const char* severity) {
  std::string text;
  for (auto& f : kept)
    text += std::string{severity} + " " + std::string{audit::name_of(f.what)} + ": " + one_line(f.text) + "\n";
  if (all > kept.size())
    text +=
        std::string{severity} + ": and " + std::to_string(all - kept.size()) + " more; narrow the period or the job\n";
  return text;
}

/// "1 missing_fire, 2 gap": the kinds of one severity.
std::string kinds(const audit::findings& found, bool errors) {
  std::string text;
  for (auto& [what, n] : found.counts())
    if (audit::is_error(what) == errors)
      text += (text.empty() ? "" : ", ") + std::to_string(n) + " " + std::string{audit::name_of(what)};
  return text;
}

std::string summary(const audit::report& r, const audit::request& asked) {
  auto& seen = r.seen;
  auto text =
      r.found.error_count() == 0 ? std::string{"clean: "} : error_count(r) + " (" + kinds(r.found, true) + "): ";
  text += counted(seen.due, "fire") + " due = " + counted(seen.first_attempts, "first attempt") + " + " +
          std::to_string(seen.gap_fires) + " in " + counted(seen.gap_rows, "gap row");
  if (seen.missing > 0) text += " + " + std::to_string(seen.missing) + " missing";
  if (seen.pending > 0) text += "; " + std::to_string(seen.pending) + " not claimed yet";
  if (seen.held > 0) text += "; " + std::to_string(seen.held) + " held by a pause";
  if (asked.handlers) text += "; " + counted(seen.starts, "start") + " in the handlers' record";
  return text + "; " + counted(seen.jobs, "job") + ", " + counted(seen.triggers, "trigger") + ", " +
         config::format_instant(asked.from) + " to " + config::format_instant(asked.to);
}

using value = nlohmann::ordered_json;

value of(const std::vector<audit::finding>& all) {
  auto list = value::array();
  for (auto& f : all)
    list.push_back({{"kind", audit::name_of(f.what)},
                    {"job", f.job},
                    {"first", time_text(f.first)},
                    {"last", time_text(f.last)},
                    {"fires", f.fires},
                    {"origin", f.origin},
                    {"shard", f.shard},
                    {"attempt", f.attempt},
                    {"trigger", f.trigger ? value(f.trigger.value) : value(nullptr)},
                    {"text", f.text}});
  return list;
}

} // namespace

std::string error_count(const audit::report& r) { return counted(r.found.error_count(), "error"); }

std::string render(const audit::report& r, const audit::request& asked) {
  return lines(r.found.notes(), r.found.note_count(), "note") +
         lines(r.found.errors(), r.found.error_count(), "error") + summary(r, asked) + "\n";
}

std::string json(const audit::report& r, const audit::request& asked) {
  auto counts = value::object();
  for (auto& [what, n] : r.found.counts()) counts[std::string{audit::name_of(what)}] = n;
  auto& seen = r.seen;
  value all{{"from", time_text(asked.from)},
            {"to", time_text(asked.to)},
            {"clean", r.found.error_count() == 0},
            {"jobs", seen.jobs},
            {"triggers", seen.triggers},
            {"due", seen.due},
            {"first_attempts", seen.first_attempts},
            {"gap_rows", seen.gap_rows},
            {"gap_fires", seen.gap_fires},
            {"missing", seen.missing},
            {"pending", seen.pending},
            {"held", seen.held},
            {"handler_starts", asked.handlers ? value(seen.starts) : value(nullptr)},
            {"counts", counts},
            {"errors", of(r.found.errors())},
            {"notes", of(r.found.notes())}};
  return all.dump(2, ' ', false, value::error_handler_t::replace) + "\n";
}

} // namespace xxl::cli
