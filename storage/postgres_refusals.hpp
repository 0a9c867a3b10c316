#pragma once
// A row that the database refuses for ever must not stop its batch (storage.md §8): the batch is halved until that row
// is alone; it is set aside and named, the others go through.

#include "storage/postgres_error.hpp"

#include <cstdint>
#include <set>
#include <span>
#include <string>

namespace xxl::storage::postgres {

class refusals {
public:
  /// Forgets the rows of earlier batches.
  void clear() { ids_.clear(); }
  /// True for a row that an earlier run over this batch named.
  bool knows(std::int64_t id) const { return ids_.contains(id); }

  /// Calls work(part) for all of `rows`, or for its parts. Throws error_kind::refused if rows were set aside, each
  /// named as `what` and its id. Another error after a part went through becomes unknown_outcome: the caller has no
  /// answer for that part, and settling gives it.
  template <class Row, class Id, class Work>
  void run(std::span<const Row> rows, const char* what, Id id_of, Work work) {
    pass p;
    divide(rows, what, id_of, work, p);
    ids_.insert(p.ids.begin(), p.ids.end());
    if (!p.ids.empty()) throw error{error_kind::refused, p.state, p.text};
  }

private:
  /// One run over a batch.
  struct pass {
    bool some_went_through = false;
    std::set<std::int64_t> ids;
    std::string text;  ///< "trigger 17: …; trigger 19: …"
    std::string state; ///< SQLSTATE of the last one
  };

  template <class Row, class Id, class Work>
  void divide(std::span<const Row> rows, const char* what, Id id_of, Work& work, pass& p) {
    try {
      work(rows);
      p.some_went_through = true;
      return;
    } catch (const server_error& e) {
      if (e.kind != error_kind::refused || rows.empty()) give_up(e, p);
      if (rows.size() == 1) {
        set_aside(what, id_of(rows.front()), e, p);
        return;
      }
    } catch (const error& e) {
      give_up(e, p);
    }
    divide(rows.first(rows.size() / 2), what, id_of, work, p);
    divide(rows.subspan(rows.size() / 2), what, id_of, work, p);
  }

  static void set_aside(const char* what, std::int64_t id, const server_error& e, pass& p);
  [[noreturn]] static void give_up(const error& e, const pass& p);

  std::set<std::int64_t> ids_;
};

} // namespace xxl::storage::postgres
