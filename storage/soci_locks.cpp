#include "storage/soci_locks.hpp"

namespace xxl::storage {

void wait_for_lock(soci::session& s, advisory_lock lock) {
  const auto number = static_cast<long long>(lock);
  long long held = 0;
  s << "SELECT count(*) FROM (SELECT pg_advisory_xact_lock(cast(:class AS int), cast(:number AS int))) waited",
      soci::use(advisory_class, "class"), soci::use(number, "number"), soci::into(held);
}

} // namespace xxl::storage
