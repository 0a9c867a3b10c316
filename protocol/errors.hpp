#pragma once
// Error codes: the code is for programs, the text for people. A text says what was wrong, where (file:line:column or an
// id) and what to do.

#include <caf/error.hpp>

#include <cstdint>
#include <string>

namespace xxl {

enum class errc : std::uint8_t {
  none = 0,
  /// The request itself is wrong; repeating it cannot help. Repair it first.
  invalid_argument = 1,
  /// Nothing of that name or id exists.
  not_found = 2,
  /// Another thing of that name exists already.
  already_exists = 3,
  /// This admin does not lead; ask the leader, or repeat when one is elected.
  not_leader = 4,
  /// The database, an executor or an admin cannot be reached now. Repeat later: nothing was changed.
  unavailable = 5,
  /// No answer in time. The step may have happened: repeat it with the same request id, or look.
  deadline_exceeded = 6,
  /// The two sides speak protocols too far apart: upgrade the older one.
  protocol_mismatch = 7,
  /// The executor's session has ended: take a new session id and say hello again.
  session_ended = 8,
  /// An executor of that name is alive under another session.
  name_in_use = 9,
  /// A limit was reached (queue, message size, credit). Repeat later, or with less.
  limit_reached = 10,
  /// The key or value is known, but its behaviour is not built yet.
  not_supported_yet = 11,
  /// Somebody changed the same thing meanwhile. Read again, then repeat.
  conflict = 12,
  /// A defect of ours. The text says where.
  internal = 13,
};

std::string to_string(errc code);

/// Found by caf::make_error(errc, text).
caf::error make_error(errc code, std::string text);

/// The code of an error made above; errc::none for CAF's own and for no error.
errc code_of(const caf::error& e);

/// The text for people: ours as it was written, CAF's own rendered.
std::string text_of(const caf::error& e);

} // namespace xxl
