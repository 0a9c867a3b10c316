#pragma once
// CAF's binary form, as it travels between nodes.

#include "protocol/messages.hpp"

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/error.hpp>

#include <vector>

namespace xxl::test {

template <class T> std::vector<char> encode(const T& x) {
  std::vector<char> bytes;
  caf::binary_serializer sink{nullptr, bytes};
  if (auto problem = sink(x)) throw std::runtime_error{"cannot encode"};
  return bytes;
}

/// Reads `bytes` into `x`; the error if they are not one.
template <class T> caf::error decode(const std::vector<char>& bytes, T& x) {
  caf::binary_deserializer source{nullptr, bytes};
  return source(x);
}

} // namespace xxl::test
