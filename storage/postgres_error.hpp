#pragma once
// What a SQLSTATE means to us (storage.md §8).

#include "storage/error.hpp"

#include <string>
#include <string_view>

namespace xxl::storage::postgres {

/// An error that the server answered, with what tells apart errors of one SQLSTATE.
class server_error : public error {
public:
  server_error(error_kind k, std::string sqlstate, const std::string& message, std::string constraint_name)
      : error{k, std::move(sqlstate), message}, constraint{std::move(constraint_name)} {}
  std::string constraint; ///< empty: none was violated, or a partition is missing (23514)
};

/// Of an answer to a statement. States that end the connection are error_kind::unknown_outcome.
error_kind kind_of(std::string_view sqlstate);
/// True for states after which the connection is of no more use, though the server may have kept it open.
bool ends_connection(std::string_view sqlstate);
/// Of a connection that was not made; `sqlstate` is empty where nobody answered.
error_kind kind_of_refused_connection(std::string_view sqlstate);
/// No partition of history takes this fire time.
bool lacks_partition(const server_error& e);

} // namespace xxl::storage::postgres
