#include "storage/catalog_log.hpp"

#include "storage/soci_values.hpp"

namespace xxl::storage {
namespace {

constexpr sql log_sql{
    "INSERT INTO operator_log (at_ms, who, what, target, after) VALUES (:now, :who, :what, :target, cast(:after AS "
    "jsonb))",
    "INSERT INTO operator_log (at_ms, who, what, target, after) VALUES (:now, :who, :what, :target, :after)",
};

} // namespace

void write_operator_log(soci_connection& c, soci::session& s, const edit_note& note, const std::string& target,
                        const std::string& after) {
  const long long now = to_ms(note.now);
  s << c.pick(log_sql), soci::use(now, "now"), soci::use(checked_text(note.who, "the operator's name"), "who"),
      soci::use(note.what, "what"), soci::use(target, "target"), soci::use(after, "after");
}

} // namespace xxl::storage
