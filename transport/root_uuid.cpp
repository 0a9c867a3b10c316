// CAF names a node by a hash of the host's MAC addresses and this text, plus the pid: two processes with one pid in one
// network namespace (containers on the host's network) would be one node for it, and answers go astray. So the text is
// random. This definition takes the place of the library's wherever transport::config is linked (it calls it, so the
// archive member is taken).

#include "protocol/random.hpp"

#include <caf/detail/get_root_uuid.hpp>

#include <string>

namespace caf::detail {

std::string get_root_uuid() {
  static const std::string text = xxl::random_request_id();
  return text;
}

} // namespace caf::detail
