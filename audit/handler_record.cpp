#include "audit/handler_record.hpp"

#include "config/instant.hpp"
#include "protocol/validate.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

namespace xxl::audit {
namespace {

auto place(const handler_start& x) { return std::tie(x.fire, x.origin, x.shard, x.attempt); }

constexpr std::array fields{"JOB", "FIRE", "ORIGIN", "SHARD", "ATTEMPT", "SESSION"};

/// The line's six fields, separated by single blanks; what is wrong with it otherwise.
std::variant<std::array<std::string_view, fields.size()>, std::string> split(std::string_view line) {
  std::array<std::string_view, fields.size()> parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    auto blank = line.find(' ');
    auto is_last = i + 1 == parts.size();
    if ((blank == std::string_view::npos) != is_last)
      return std::string{is_last ? "something follows SESSION" : std::string{fields[i + 1]} + " is missing"};
    parts[i] = line.substr(0, blank);
    if (parts[i].empty()) return std::string{fields[i]} + " is empty";
    line.remove_prefix(is_last ? line.size() : blank + 1);
  }
  return parts;
}

template <class Number> std::optional<Number> number(std::string_view text, Number least) {
  Number n{};
  auto end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, n);
  return error == std::errc{} && rest == end && n >= least ? std::optional{n} : std::nullopt;
}

bool is_job(std::string_view text) {
  auto slash = text.find('/');
  return slash != std::string_view::npos && is_group_name(text.substr(0, slash)) && is_job_name(text.substr(slash + 1));
}

std::string quoted(std::string_view text) { return "\"" + std::string{text} + "\""; }

/// Adds the line's start to the record; answers what is wrong with it.
std::string add_line(handler_record& record, std::string_view line) {
  auto parts = split(line);
  if (auto* wrong = std::get_if<std::string>(&parts)) return *wrong;
  auto& [job, fire, origin, shard, attempt, session] = std::get<0>(parts);
  if (!is_job(job)) return "JOB " + quoted(job) + " is not group/name";
  auto when = config::parse_instant(fire);
  if (auto* wrong = std::get_if<std::string>(&when)) return "FIRE " + quoted(fire) + ": " + *wrong;
  auto shard_number = number<std::int16_t>(shard, -1);
  if (!shard_number) return "SHARD " + quoted(shard) + " is not a whole number from -1";
  auto attempt_number = number<std::int16_t>(attempt, 1);
  if (!attempt_number) return "ATTEMPT " + quoted(attempt) + " is not a whole number from 1";
  auto session_number = number<std::int64_t>(session, 1);
  if (!session_number) return "SESSION " + quoted(session) + " is not a whole number from 1";
  record.add(std::string{job},
             {std::get<instant>(when), origin == "-" ? std::string{} : std::string{origin},
              std::max<std::int16_t>(*shard_number, 0), *attempt_number, session_id{*session_number}});
  return {};
}

} // namespace

bool comes_before(const handler_start& a, const handler_start& b) { return place(a) < place(b); }

handler_start start_of(const audit_trigger& t) {
  return {t.fire, t.origin, std::max<std::int16_t>(t.shard, 0), t.attempt, t.session};
}

handler_record handler_record::read(std::istream& in, const std::string& name) {
  handler_record record;
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (auto wrong = add_line(record, line); !wrong.empty())
      throw bad_line{name + ":" + std::to_string(number) + ": " + wrong +
                     "; a line is JOB FIRE ORIGIN SHARD ATTEMPT SESSION"};
  }
  record.sort();
  return record;
}

void handler_record::add(const std::string& job, handler_start start) { starts_[job].push_back(std::move(start)); }

void handler_record::sort() {
  for (auto& [job, starts] : starts_) std::stable_sort(starts.begin(), starts.end(), comes_before);
}

std::span<const handler_start> handler_record::starts_of(const std::string& job) const {
  auto it = starts_.find(job);
  return it == starts_.end() ? std::span<const handler_start>{} : std::span<const handler_start>{it->second};
}

std::vector<std::string> handler_record::jobs() const {
  std::vector<std::string> names;
  for (auto& [job, starts] : starts_) names.push_back(job);
  return names;
}

} // namespace xxl::audit
