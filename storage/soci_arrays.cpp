#include "storage/soci_arrays.hpp"

namespace xxl::storage {
namespace {

std::string joined(std::span<const long long> numbers, char open, char close) {
  std::string text{open};
  for (const auto number : numbers) {
    if (text.size() > 1) text += ',';
    text += std::to_string(number);
  }
  return text += close;
}

} // namespace

std::string postgres_array(std::span<const long long> numbers) { return joined(numbers, '{', '}'); }

std::string postgres_array(std::span<const std::string> texts) {
  std::string all{'{'};
  for (const auto& text : texts) {
    all += all.size() > 1 ? ",\"" : "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') all += '\\';
      all += c;
    }
    all += '"';
  }
  return all += '}';
}

std::string json_array(std::span<const long long> numbers) { return joined(numbers, '[', ']'); }

std::string json_pairs(std::span<const long long> a, std::span<const long long> b) {
  std::string text{'['};
  for (std::size_t i = 0; i < a.size(); ++i) {
    text += i == 0 ? "[" : ",[";
    text += std::to_string(a[i]) + "," + std::to_string(b[i]) + "]";
  }
  return text += ']';
}

} // namespace xxl::storage
