#pragma once
// How findings name what they are about, the same in all of them.

#include "audit/finding.hpp"
#include "protocol/audit_messages.hpp"

#include <string>

namespace xxl::audit {

/// "the fire of 2026-12-01T01:00:00Z".
std::string fire_words(instant fire);
/// "12 fires from … to …", or fire_words() of a single one.
std::string fires_words(instant first, instant last, std::int64_t fires);
/// "trigger 12, the fire of …", with origin, shard and attempt where they say something.
std::string trigger_words(const audit_trigger& t);

/// A finding about one trigger; the text follows trigger_words().
finding about(kind what, const audit_trigger& t, const std::string& text);

} // namespace xxl::audit
