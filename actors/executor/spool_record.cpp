#include "actors/executor/spool_record.hpp"

#include <cstdint>
#include <cstring>
#include <type_traits>

namespace xxl::executor {
namespace {

struct header {
  std::uint32_t magic = 0x58535032; // "XSP2": the version is part of it
  std::uint32_t bytes = 0;
  std::uint64_t checksum = 0;
};
static_assert(sizeof(header) == 16);

/// FNV-1a: it has to tell a torn record from a whole one, nothing more.
std::uint64_t checksum_of(std::string_view bytes) {
  std::uint64_t sum = 14'695'981'039'346'656'037ull;
  for (unsigned char c : bytes) sum = (sum ^ c) * 1'099'511'628'211ull;
  return sum;
}

template <class T>
requires std::is_arithmetic_v<T>
void put(std::string& out, T x) { out.append(reinterpret_cast<const char*>(&x), sizeof x); }

/// Reads fields one after the other; `good` stays false after the first that does not fit.
class fields {
public:
  explicit fields(std::string_view bytes) : bytes_{bytes} {}
  template <class T>
  requires std::is_arithmetic_v<T> T get() {
    T x{};
    if (bytes_.size() < sizeof x) {
      good = false;
      return x;
    }
    std::memcpy(&x, bytes_.data(), sizeof x);
    bytes_.remove_prefix(sizeof x);
    return x;
  }
  std::string get_text() {
    auto n = get<std::uint32_t>();
    if (bytes_.size() < n) {
      good = false;
      return {};
    }
    std::string text{bytes_.substr(0, n)};
    bytes_.remove_prefix(n);
    return text;
  }
  bool good = true;

private:
  std::string_view bytes_;
};

void put_outcome(std::string& out, const outcome& x) {
  put(out, x.trigger.value);
  put(out, x.job.value);
  put(out, x.version);
  put(out, to_ms(x.fire));
  put(out, x.attempt);
  put(out, to_ms(x.started));
  put(out, to_ms(x.ended));
  put(out, static_cast<std::uint8_t>(x.state));
  put(out, static_cast<std::uint8_t>(x.reason));
  put(out, static_cast<std::uint8_t>(x.follows));
  put(out, static_cast<std::uint32_t>(x.message.size()));
  out += x.message;
}

outcome get_outcome(fields& in) {
  outcome x;
  x.trigger.value = in.get<std::int64_t>();
  x.job.value = in.get<std::int64_t>();
  x.version = in.get<spec_version>();
  x.fire = from_ms(in.get<std::int64_t>());
  x.attempt = in.get<std::int16_t>();
  x.started = from_ms(in.get<std::int64_t>());
  x.ended = from_ms(in.get<std::int64_t>());
  x.state = static_cast<trigger_state>(in.get<std::uint8_t>());
  x.reason = static_cast<state_reason>(in.get<std::uint8_t>());
  x.follows = in.get<std::uint8_t>() != 0;
  x.message = in.get_text();
  return x;
}

} // namespace

std::string encode(const spool_record& record) {
  std::string out(sizeof(header), '\0');
  out.reserve(sizeof(header) + 32 + record.results.size() * 80 + record.acknowledged.size() * 8);
  put(out, record.session.value);
  put(out, static_cast<std::uint32_t>(record.results.size()));
  for (auto& x : record.results) put_outcome(out, x);
  put(out, static_cast<std::uint32_t>(record.acknowledged.size()));
  for (auto& id : record.acknowledged) put(out, id.value);
  header head;
  std::string_view body = std::string_view{out}.substr(sizeof head);
  head.bytes = static_cast<std::uint32_t>(body.size());
  head.checksum = checksum_of(body);
  std::memcpy(out.data(), &head, sizeof head);
  return out;
}

std::optional<spool_record> decode_next(std::string_view& bytes) {
  header head, ours;
  if (bytes.size() < sizeof head) return std::nullopt;
  std::memcpy(&head, bytes.data(), sizeof head);
  auto body = bytes.substr(sizeof head);
  if (head.magic != ours.magic || head.bytes > body.size()) return std::nullopt;
  body = body.substr(0, head.bytes);
  if (checksum_of(body) != head.checksum) return std::nullopt;
  fields in{body};
  spool_record record;
  record.session.value = in.get<std::int64_t>();
  for (auto n = in.get<std::uint32_t>(); n > 0 && in.good; --n) record.results.push_back(get_outcome(in));
  for (auto n = in.get<std::uint32_t>(); n > 0 && in.good; --n) record.acknowledged.push_back({in.get<std::int64_t>()});
  if (!in.good) return std::nullopt;
  bytes.remove_prefix(sizeof head + head.bytes);
  return record;
}

} // namespace xxl::executor
