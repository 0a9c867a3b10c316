#pragma once
// Exit codes of xxl-node (docs/configuration.md).

namespace xxl::apps {

enum exit_code : int {
  ok = 0,           ///< stopped as it was told
  failed = 1,       ///< could not go on; the last line says why
  usage = 2,        ///< a setting is wrong
  invalid_jobs = 3, ///< a job file is wrong
  no_storage = 4,   ///< the database refuses this node: in use, newer, not ours
  no_address = 5,   ///< the address cannot be listened on
};

} // namespace xxl::apps
