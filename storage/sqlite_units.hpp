#pragma once
// How a batch meets a row that the database refuses for ever: at first the whole batch rolls back; done again one by
// one, the refused rows are set aside, each with all that belongs to it, and the others go through.

#include "storage/soci_error.hpp"

#include <soci/soci.h>

#include <string>
#include <vector>

namespace xxl::storage::sqlite {

class batch_units {
public:
  batch_units(soci::session& s, bool one_by_one) : session_{s}, one_by_one_{one_by_one} {}

  /// Does `work`: all of it, or, one by one and refused, nothing of it: then false, and `name` + `id` is remembered
  /// with the reason.
  template <class Work> bool run(const char* name, long long id, Work work) {
    if (!one_by_one_) {
      work();
      return true;
    }
    session_ << "SAVEPOINT unit";
    try {
      work();
      session_ << "RELEASE unit";
      return true;
    } catch (const soci::soci_error& e) {
      set_aside(name, id, statement_error(e, false).what);
    } catch (const error& e) {
      set_aside(name, id, e);
    }
    return false;
  }

  /// "trigger 17: CHECK constraint failed: …", one for each unit set aside.
  const std::vector<std::string>& refused() const noexcept { return refused_; }

private:
  /// Throws `e` unless it is a refusal: then the whole batch rolls back.
  void set_aside(const char* name, long long id, const error& e) {
    if (e.kind != error_kind::refused) throw e;
    session_ << "ROLLBACK TO unit";
    session_ << "RELEASE unit";
    refused_.push_back(std::string{name} + " " + std::to_string(id) + ": " + e.what());
  }

  soci::session& session_;
  bool one_by_one_;
  std::vector<std::string> refused_;
};

} // namespace xxl::storage::sqlite
