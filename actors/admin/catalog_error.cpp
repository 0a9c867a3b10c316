#include "actors/admin/catalog_error.hpp"

#include "config/duration.hpp"
#include "protocol/errors.hpp"

#include <caf/sec.hpp>

#include <string>

namespace xxl::admin {

caf::error explain(const caf::error& e, std::string_view whom, std::chrono::milliseconds patience) {
  if (code_of(e) != errc::none) return e;
  std::string who{whom};
  if (e == caf::sec::request_timeout)
    return make_error(errc::deadline_exceeded, who + " did not answer within " + config::format_duration(patience) +
                                                   "; look whether a change has happened before repeating it");
  if (e == caf::sec::request_receiver_down)
    return make_error(errc::unavailable, who + " is not running now; repeat later");
  return make_error(errc::internal, who + ": " + text_of(e));
}

} // namespace xxl::admin
