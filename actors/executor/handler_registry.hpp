#pragma once
// The handlers of this executor by name. Filled before the executor starts, read-only afterwards.

#include "xxl/handler.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace xxl::executor {

/// Makes the argument list of a child process from the run's params: a handler whose work is a command.
using command_builder = std::function<std::vector<std::string>(const std::string& params)>;
using handler_entry = std::variant<handler, command_builder>;

class handler_registry {
public:
  /// Throws std::invalid_argument if the name is empty, longer than limits::name_bytes, or taken. Built-in names may be
  /// taken over.
  void add(std::string name, handler_entry entry);
  /// As add(), but gives way to a handler of the program.
  void add_built_in(std::string name, handler_entry entry);
  /// Null if there is none of that name.
  const handler_entry* find(std::string_view name) const;
  /// "a, b, c", for error messages.
  std::string names() const;

private:
  std::map<std::string, handler_entry, std::less<>> entries_, built_in_;
};

} // namespace xxl::executor
