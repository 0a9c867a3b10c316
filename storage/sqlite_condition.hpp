#pragma once
// A condition of a statement that is a guard (protocol/guards.hpp): what stands in its place where a test has switched
// it off binds the same names and holds for every row.

#include "protocol/guards.hpp"

namespace xxl::storage::sqlite {

struct condition {
  guard name;
  const char* standing;
  const char* off;
  /// For a statement that is prepared now.
  const char* text() const { return stands(name) ? standing : off; }
};

} // namespace xxl::storage::sqlite
