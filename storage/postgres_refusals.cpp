#include "storage/postgres_refusals.hpp"

namespace xxl::storage::postgres {

void refusals::set_aside(const char* what, std::int64_t id, const server_error& e, pass& p) {
  p.ids.insert(id);
  p.text += (p.text.empty() ? "" : "; ") + std::string{what} + " " + std::to_string(id) + ": " + e.what();
  p.state = e.state;
}

void refusals::give_up(const error& e, const pass& p) {
  if (!p.some_went_through) throw error{e.kind, e.state, e.what()};
  throw error{error_kind::unknown_outcome, e.state, std::string{"a part of the batch went through, then: "} + e.what()};
}

} // namespace xxl::storage::postgres
