#include "storage/soci_connection.hpp"

#include "storage/soci_error.hpp"

namespace xxl::storage {

soci_connection::soci_connection(storage::dialect d, std::function<void(soci::session&)> open)
    : dialect_{d}, open_{std::move(open)} {}

const char* soci_connection::pick(const sql& statement) const noexcept {
  return dialect_ == dialect::postgres ? statement.postgres : statement.sqlite;
}

void soci_connection::connect() {
  if (session_) return;
  auto opened = std::make_unique<soci::session>();
  try {
    open_(*opened);
  } catch (const soci::soci_error& e) {
    throw connect_error(e);
  }
  session_ = std::move(opened);
  broken_ = false;
}

void soci_connection::close() noexcept {
  if (forget_) forget_();
  session_.reset();
}

void soci_connection::rethrow() {
  const bool doubt = std::exchange(in_doubt_, false);
  const bool broken = std::exchange(broken_, false);
  try {
    throw;
  } catch (const soci::soci_error& e) {
    const auto told = statement_error(e, doubt);
    if (told.lost || broken) close();
    throw told.what;
  } catch (...) {
    if (broken) close();
    throw;
  }
}

soci_connection::in_doubt::~in_doubt() {
  // On the way out of an exception rethrow() still needs the flag.
  if (std::uncaught_exceptions() == exceptions_) connection_.in_doubt_ = false;
}

write_transaction::write_transaction(soci_connection& c) : connection_{c} {
  if (c.dialect_ == dialect::sqlite)
    *c.session_ << "BEGIN IMMEDIATE";
  else
    c.session_->begin();
}

write_transaction::~write_transaction() {
  if (over_) return;
  try {
    connection_.session_->rollback();
  } catch (const std::exception&) {
    connection_.broken_ = true; // told by the error that is on its way
  }
}

void write_transaction::commit() {
  soci_connection::in_doubt guard{connection_};
  connection_.session_->commit();
  over_ = true;
}

} // namespace xxl::storage
