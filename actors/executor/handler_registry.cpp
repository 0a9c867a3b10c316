#include "actors/executor/handler_registry.hpp"

#include "protocol/limits.hpp"

#include <set>
#include <stdexcept>

namespace xxl::executor {

void handler_registry::add(std::string name, handler_entry entry) {
  if (name.empty()) throw std::invalid_argument{"a handler needs a name"};
  if (name.size() > limits::name_bytes)
    throw std::invalid_argument{"handler name \"" + name + "\" has " + std::to_string(name.size()) +
                                " bytes, at most " + std::to_string(limits::name_bytes) + " are allowed"};
  auto [where, added] = entries_.emplace(std::move(name), std::move(entry));
  if (!added) throw std::invalid_argument{"handler \"" + where->first + "\" was added twice"};
}

void handler_registry::add_built_in(std::string name, handler_entry entry) {
  built_in_.insert_or_assign(std::move(name), std::move(entry));
}

const handler_entry* handler_registry::find(std::string_view name) const {
  for (auto* from : {&entries_, &built_in_})
    if (auto it = from->find(name); it != from->end()) return &it->second;
  return nullptr;
}

std::string handler_registry::names() const {
  std::set<std::string_view> sorted;
  for (auto* from : {&entries_, &built_in_})
    for (auto& [name, entry] : *from) sorted.insert(name);
  std::string all;
  for (auto name : sorted) all.append(all.empty() ? "" : ", ").append(name);
  return all;
}

} // namespace xxl::executor
