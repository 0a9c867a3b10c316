#include "audit/words.hpp"

#include "config/instant.hpp"

namespace xxl::audit {

std::string fire_words(instant fire) { return "the fire of " + config::format_instant(fire); }

std::string fires_words(instant first, instant last, std::int64_t fires) {
  if (fires == 1) return fire_words(first);
  return std::to_string(fires) + " fires from " + config::format_instant(first) + " to " + config::format_instant(last);
}

std::string trigger_words(const audit_trigger& t) {
  auto text = "trigger " + to_string(t.id) + ", " + fire_words(t.fire);
  if (!t.origin.empty()) text += " (" + t.origin + ")";
  if (t.shard >= 0) text += ", shard " + std::to_string(t.shard);
  if (t.attempt != 1) text += ", attempt " + std::to_string(t.attempt);
  return text;
}

finding about(kind what, const audit_trigger& t, const std::string& text) {
  return {what, {}, t.fire, t.fire, 0, t.origin, t.shard, t.attempt, t.id, trigger_words(t) + ", " + text};
}

} // namespace xxl::audit
