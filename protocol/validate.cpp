#include "protocol/validate.hpp"

#include "protocol/limits.hpp"
#include "protocol/utf8.hpp"
#include "protocol/wire_size.hpp"

#include <algorithm>
#include <string_view>

namespace xxl {
namespace {

using namespace std::chrono_literals;
using problem = std::optional<std::string>;

constexpr std::int64_t largest_id = (std::int64_t{1} << 53) - 1;
/// Instants that travel: from 1970 to the year 9999, so that no arithmetic on them overflows.
constexpr std::int64_t last_instant_ms = 253'402'300'799'999;

bool lower(char c) { return c >= 'a' && c <= 'z'; }
bool upper(char c) { return c >= 'A' && c <= 'Z'; }
bool digit(char c) { return c >= '0' && c <= '9'; }

/// Text that goes into the database or to people.
problem text(std::string_view what, std::string_view value, std::size_t most, bool required = false) {
  if (required && value.empty()) return std::string{what} + " is empty";
  if (value.size() > most)
    return std::string{what} + " has " + std::to_string(value.size()) + " bytes, at most " + std::to_string(most) +
           " are allowed";
  if (auto why = text_problem(value)) return std::string{what} + " is " + *why;
  return std::nullopt;
}

problem count(std::string_view what, std::size_t n, std::size_t most) {
  if (n > most)
    return std::to_string(n) + " " + std::string{what} + " in one message, at most " + std::to_string(most) +
           " are allowed";
  return std::nullopt;
}

template <class... Ranges> problem bytes(const Ranges&... ranges) {
  std::size_t n = 0;
  auto add = [&n](auto& items) {
    for (auto& item : items) n += wire_size(item);
  };
  (add(ranges), ...);
  if (n > limits::batch_bytes)
    return std::to_string(n) + " bytes in one message, at most " + std::to_string(limits::batch_bytes) + " are allowed";
  return std::nullopt;
}

template <class Enum> problem enumerator(std::string_view what, Enum x) {
  if (!known(x)) return std::string{what} + " is " + to_string(x) + "; known are " + names_of<Enum>();
  return std::nullopt;
}

template <class Id> problem id(std::string_view what, Id x, std::int64_t most = largest_id) {
  if (x.value <= 0 || x.value > most) return std::string{what} + " " + std::to_string(x.value) + " is out of range";
  return std::nullopt;
}

problem session(session_id x) { return id("session", x, INT64_MAX); }

problem time(std::string_view what, instant t) {
  if (to_ms(t) < 0 || to_ms(t) > last_instant_ms)
    return std::string{what} + " " + std::to_string(to_ms(t)) + " ms is out of range";
  return std::nullopt;
}

problem duration(std::string_view what, std::chrono::milliseconds d, std::chrono::milliseconds least) {
  if (d < least || d > 24h * 36'500) return std::string{what} + " " + std::to_string(d.count()) + " ms is out of range";
  return std::nullopt;
}

problem page(std::uint32_t limit) {
  if (limit >= 1 && limit <= limits::page_items) return std::nullopt;
  return "limit is out of range: 1 to " + std::to_string(limits::page_items);
}

/// The first problem of several.
template <class... Ps> problem first(Ps... ps) {
  problem found;
  ((found || !ps ? void() : void(found = std::move(ps))), ...);
  return found;
}

problem named(std::string_view kind, trigger_id trigger, problem p) {
  if (p) return std::string{kind} + " of trigger " + to_string(trigger) + ": " + *p;
  return std::nullopt;
}

problem work(const work_spec& x) {
  if (auto* h = std::get_if<handler_work>(&x)) return text("handler", h->name, limits::name_bytes, true);
  auto& s = std::get<script_work>(x);
  return first(enumerator("script language", s.language), text("script source", s.source, limits::script_bytes));
}

problem retries(const retry_rule& x) {
  if (x.retries < 0 || x.retries > retry_rule::most)
    return "retries " + std::to_string(x.retries) + " is out of range, 0 to " + std::to_string(retry_rule::most);
  return std::nullopt;
}

problem kind(const schedule_kind& x) {
  if (auto* cron = std::get_if<cron_schedule>(&x))
    return first(text("cron", cron->expression, 512, true), text("timezone", cron->timezone, 64, true),
                 enumerator("dialect", cron->dialect), enumerator("gap", cron->gap),
                 enumerator("overlap", cron->overlap));
  if (auto* every = std::get_if<every_schedule>(&x))
    return first(duration("every", every->every, 100ms), every->start ? time("start", *every->start) : problem{});
  if (auto* after = std::get_if<after_schedule>(&x)) return duration("after", after->delay, 100ms);
  if (auto* at = std::get_if<at_schedule>(&x)) return time("at", at->at);
  return std::nullopt;
}

problem calendar_texts(const char* what, const std::vector<std::string>& list) {
  if (auto p = count(what, list.size(), calendar_spec::most_entries)) return p;
  for (auto& entry : list)
    if (auto p = text(what, entry, limits::name_bytes, true)) return p;
  return std::nullopt;
}

problem calendar(const calendar_spec& x) {
  if (auto p = count("calendars", x.layers.size(), calendar_spec::most_layers)) return p;
  for (std::size_t i = 0; i < x.layers.size(); ++i) {
    auto& layer = x.layers[i];
    auto p = first(text("calendar name", layer.name, limits::name_bytes, true),
                   calendar_texts("exclude", layer.exclude), calendar_texts("include", layer.include),
                   calendar_texts("hours", layer.hours), count("calendars", layer.bases.size(), x.layers.size()),
                   layer.exclude_weekdays < 0x80 ? problem{} : problem{"exclude_weekdays has an eighth day"});
    if (p) return p;
    for (auto base : layer.bases)
      if (base >= i) return "calendar " + clean_text(layer.name, 64) + " is built on one that does not stand before it";
  }
  return std::nullopt;
}

problem schedule(const schedule_spec& x) {
  auto p = first(kind(x.kind), x.from ? time("from", *x.from) : problem{},
                 x.until ? time("until", *x.until) : problem{}, duration("jitter", x.jitter, 0ms), calendar(x.calendar),
                 text("calendar zone", x.calendar_zone, 64, !x.calendar.layers.empty()),
                 enumerator("on_excluded", x.on_excluded));
  if (!p && x.max_runs < 0) return "max_runs is below 0";
  if (!p && x.from && x.until && *x.from > *x.until) return "from is later than until";
  return p;
}

problem one(const order& x) {
  return named("order", x.trigger,
               first(id("trigger", x.trigger), id("job", x.job), time("fire time", x.fire),
                     time("planned time", x.planned), enumerator("cause", x.cause), enumerator("block", x.block),
                     work(x.work), text("params", x.params, limits::params_bytes),
                     text("origin", x.origin, limits::name_bytes),
                     text("job name", x.job_name, 2 * limits::name_bytes + 1), duration("timeout", x.timeout, 0ms),
                     x.version > 0 ? problem{} : problem{"version is not above 0"},
                     x.attempt > 0 ? problem{} : problem{"attempt is not above 0"},
                     x.handed >= 0 ? problem{} : problem{"handed is below 0"},
                     x.shard >= -1 && x.shards >= 0 && (x.shard < x.shards || x.shard == -1)
                         ? problem{}
                         : problem{"shard is out of range"}));
}

problem one(const outcome& x) {
  return named("outcome", x.trigger,
               first(id("trigger", x.trigger), id("job", x.job), time("fire time", x.fire), time("start", x.started),
                     time("end", x.ended), enumerator("state", x.state), enumerator("reason", x.reason),
                     x.attempt > 0 ? problem{} : problem{"attempt is not above 0"},
                     is_final(x.state) ? problem{} : problem{"state " + to_string(x.state) + " is not final"}));
}

problem one(const returned_order& x) {
  return named("return", x.trigger, first(id("trigger", x.trigger), enumerator("reason", x.reason)));
}

problem one(const killed_order& x) {
  return named("kill", x.trigger,
               first(id("trigger", x.trigger), id("job", x.job), time("fire time", x.fire),
                     x.version > 0 ? problem{} : problem{"version is not above 0"},
                     x.attempt > 0 ? problem{} : problem{"attempt is not above 0"}));
}

problem one(const progress& x) {
  return named("progress", x.trigger,
               first(id("trigger", x.trigger), time("start", x.started),
                     x.state == trigger_state::sent || x.state == trigger_state::running
                         ? problem{}
                         : problem{"state " + to_string(x.state) + " is neither sent nor running"}));
}

problem one(const trigger_id& x) { return id("trigger", x); }
problem one(const session_id& x) { return session(x); }

template <class Range> problem each(const Range& xs) {
  for (auto& x : xs)
    if (auto p = one(x)) return p;
  return std::nullopt;
}

} // namespace

bool is_group_name(std::string_view name) {
  return name.size() >= 4 && name.size() <= 64 && lower(name[0]) &&
         std::all_of(name.begin(), name.end(), [](char c) { return lower(c) || digit(c) || c == '-'; });
}

bool is_job_name(std::string_view name) {
  return !name.empty() && name.size() <= limits::name_bytes && (lower(name[0]) || upper(name[0]) || digit(name[0])) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return lower(c) || upper(c) || digit(c) || c == '.' || c == '_' || c == '-'; });
}

problem invalid(const executor_hello& x) {
  auto p = first(
      session(x.session),
      is_group_name(x.group) ? problem{} : problem{"group \"" + clean_text(x.group, 64) + "\" is not a group name"},
      text("executor name", x.name, limits::name_bytes, true), text("address", x.address, 256),
      text("version", x.version, 64), text("boot id", x.boot, 64), count("labels", x.labels.size(), limits::labels));
  if (p) return p;
  for (auto& [key, value] : x.labels)
    if (auto bad = first(text("label", key, limits::name_bytes, true), text("label " + key, value, limits::name_bytes)))
      return bad;
  if (auto bad = first(count("earlier lives", x.lives.size(), limits::lives), each(x.lives))) return bad;
  if (x.highest_epoch.value < 0) return "highest epoch is out of range";
  return std::nullopt;
}

problem invalid(const executor_welcome& x) {
  auto terms = x.beat >= 10ms && x.beat <= 60s && x.lease > limits::lease_margin && x.lease <= 1h;
  return first(text("admin", x.admin, limits::name_bytes, true),
               terms ? problem{}
                     : problem{"a beat of " + std::to_string(x.beat.count()) + " ms with a lease of " +
                               std::to_string(x.lease.count()) + " ms is out of range"});
}

problem invalid(const order_batch& x) {
  return first(id("epoch", x.epoch, INT64_MAX), session(x.session),
               count("orders", x.orders.size(), limits::batch_items), bytes(x.orders), each(x.orders));
}

problem invalid(const callback_batch& x) {
  return first(session(x.session), count("outcomes", x.outcomes.size(), limits::batch_items), bytes(x.outcomes),
               each(x.outcomes));
}

problem invalid(const return_batch& x) {
  return first(session(x.session), id("epoch", x.epoch, INT64_MAX),
               count("returns", x.orders.size(), limits::batch_items), each(x.orders));
}

problem invalid(const progress_batch& x) {
  return first(session(x.session), count("reports", x.triggers.size(), limits::batch_items), each(x.triggers));
}

problem invalid(const inventory_piece& x) {
  return first(session(x.session), id("epoch", x.epoch, INT64_MAX),
               count("ids", x.held.size(), limits::inventory_items), each(x.held));
}

problem invalid(const life_report& x) {
  return first(session(x.session), id("epoch", x.epoch, INT64_MAX), id("life", x.life, INT64_MAX),
               count("ids", x.started.size(), limits::inventory_items), each(x.started));
}

problem invalid(const kill_batch& x) {
  return first(session(x.session), count("kills", x.orders.size(), limits::batch_items), each(x.orders));
}

problem invalid(const script_source& x) {
  return first(id("job", x.job), enumerator("script language", x.language),
               text("script source", x.source, limits::script_bytes, true),
               x.version > 0 ? problem{} : problem{"version is not above 0"});
}

problem invalid(const log_query& x) {
  return first(id("trigger", x.trigger), time("fire time", x.fire),
               x.from_line >= 1 ? problem{} : problem{"lines count from 1"},
               x.max_lines >= 1 && x.max_lines <= 10'000 ? problem{} : problem{"1 to 10000 lines can be asked for"});
}

problem invalid(const log_chunk& x) {
  std::size_t bytes = 0;
  for (auto& line : x.lines) bytes += line.size();
  return first(count("lines", x.lines.size(), 10'000),
               bytes <= limits::log_chunk_bytes ? problem{} : problem{"log chunk is too large"});
}

problem invalid(const group_spec& x) {
  auto p = first(is_group_name(x.name)
                     ? problem{}
                     : problem{"group name \"" + clean_text(x.name, 64) + "\" does not match [a-z][a-z0-9-]{3,63}"},
                 text("title", x.title, limits::name_bytes), enumerator("addresses", x.mode),
                 count("addresses", x.addresses.size(), limits::batch_items));
  if (p) return p;
  for (auto& a : x.addresses)
    if (auto bad = text("address", a, limits::name_bytes, true)) return bad;
  return std::nullopt;
}

problem invalid(const job_spec& x) {
  auto name =
      is_job_name(x.name)
          ? problem{}
          : problem{"job name \"" + clean_text(x.name, 64) + "\" does not match [A-Za-z0-9][A-Za-z0-9._-]{0,127}"};
  auto p = first(is_group_name(x.group)
                     ? problem{}
                     : problem{"group \"" + clean_text(x.group, 64) + "\" does not match [a-z][a-z0-9-]{3,63}"},
                 std::move(name), work(x.work), text("params", x.params, limits::params_bytes),
                 enumerator("route", x.route), enumerator("block", x.block), enumerator("misfire", x.misfire),
                 x.misfire_cap >= 1 && x.misfire_cap <= job_spec::most_misfire_cap
                     ? problem{}
                     : problem{"misfire_cap " + std::to_string(x.misfire_cap) + " is out of range"},
                 duration("misfire_deadline", x.misfire_deadline, 0ms), duration("timeout", x.timeout, 0ms),
                 retries(x.retry), text("owner", x.owner, limits::name_bytes));
  if (!p) {
    if (auto* s = std::get_if<script_work>(&x.work); s && s->source.empty()) p = "script source is empty";
    p = first(std::move(p), schedule(x.schedule));
  }
  if (p) return "job " + clean_text(x.group, 64) + "/" + clean_text(x.name, 128) + ": " + *p;
  return std::nullopt;
}

problem invalid(const apply_request& x) {
  if (auto p = first(count("groups and jobs", x.groups.size() + x.jobs.size(), limits::batch_items),
                     text("who", x.who, limits::name_bytes), text("source", x.source, limits::source_bytes)))
    return p;
  // One item may be larger: a script's source (its own limit holds).
  if (x.groups.size() + x.jobs.size() > 1)
    if (auto p = bytes(x.groups, x.jobs)) return p;
  for (auto& g : x.groups)
    if (auto p = invalid(g)) return p;
  for (auto& j : x.jobs)
    if (auto p = invalid(j)) return p;
  return std::nullopt;
}

problem invalid(const job_query& x) {
  return first(text("group", x.group, limits::name_bytes), text("job", x.name, limits::name_bytes), page(x.limit));
}

problem invalid(const trigger_query& x) {
  return first(text("group", x.group, limits::name_bytes), text("job", x.job, limits::name_bytes),
               x.state ? enumerator("state", *x.state) : problem{}, x.id ? id("trigger", *x.id) : problem{},
               x.from ? time("from", *x.from) : problem{}, x.to ? time("to", *x.to) : problem{},
               x.ended_from ? time("ended from", *x.ended_from) : problem{},
               x.before ? first(time("place", x.before->fire), id("place", x.before->id)) : problem{},
               x.job.empty() || !x.group.empty() ? problem{} : problem{"a job is named together with its group"},
               page(x.limit));
}

problem invalid(const job_ref& x) {
  return first(text("group", x.group, limits::name_bytes, true), text("job", x.name, limits::name_bytes, true));
}

problem invalid(const trigger_request& x) {
  return first(invalid(x.job), text("params", x.params.value_or(""), limits::params_bytes),
               text("request id", x.request, limits::name_bytes, true), text("who", x.who, limits::name_bytes));
}

problem invalid(const kill_request& x) {
  return first(x.trigger ? id("trigger", *x.trigger) : invalid(x.job), text("who", x.who, limits::name_bytes));
}

problem invalid(const pause_request& x) { return first(invalid(x.job), text("who", x.who, limits::name_bytes)); }

problem invalid(const audit_query& x) {
  auto& at = x.after;
  return first(id("first job", x.first), id("last job", x.last),
               x.first <= x.last ? problem{} : problem{"the last job comes before the first"}, time("from", x.from),
               time("to", x.to), x.from <= x.to ? problem{} : problem{"to comes before from"},
               at ? first(id("place", at->job), text("place's origin", at->origin, limits::name_bytes),
                          x.first <= at->job && at->job <= x.last ? problem{} : problem{"place is out of range"})
                  : problem{},
               page(x.limit));
}

} // namespace xxl
