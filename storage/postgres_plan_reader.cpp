#include "storage/postgres_connection.hpp"
#include "storage/postgres_rows.hpp"
#include "storage/postgres_statements.hpp"
#include "storage/postgres_store.hpp"

#include <string>
#include <utility>

namespace xxl::storage {

namespace {

using namespace postgres;

connection::settings session_settings(const std::string& node) {
  connection::settings s;
  s.application = "xxl-plan:" + node;
  s.server = {{"statement_timeout", "5s"}, {"idle_in_transaction_session_timeout", "2s"}};
  s.statements = {&sql::due_jobs, &sql::waiting_rows, &sql::marked_rows, &sql::specs};
  return s;
}

class postgres_plan_reader final : public plan_reader {
public:
  postgres_plan_reader(const std::string& url, const std::string& node) : connection_{url, session_settings(node)} {}

  void connect() override { connection_.open(); }

  std::vector<due_job> due(instant until, instant after_next, job_id after_job, std::size_t most) override {
    const auto r = read(sql::due_jobs, until, after_next, after_job.value, most);
    std::vector<due_job> rows;
    rows.reserve(static_cast<std::size_t>(r.rows()));
    for (int row = 0; row < r.rows(); ++row)
      rows.push_back({{r.number(row, 0)},
                      from_ms(r.number(row, 1)),
                      instant_or_none(r, row, 2),
                      static_cast<spec_version>(r.number(row, 3)),
                      r.number(row, 4)});
    return rows;
  }

  std::vector<waiting_row> waiting(instant until, instant after_due, trigger_id after_trigger,
                                   std::size_t most) override {
    const auto r = read(sql::waiting_rows, until, after_due, after_trigger.value, most);
    std::vector<waiting_row> rows;
    rows.reserve(static_cast<std::size_t>(r.rows()));
    for (int row = 0; row < r.rows(); ++row) rows.push_back(read_waiting_row(r, row));
    return rows;
  }

  std::vector<marked_row> marked(trigger_id after, std::size_t most) override {
    connection_.open();
    const std::vector<param> p{scalar(after.value), scalar(static_cast<std::int64_t>(most))};
    const auto r = connection_.execute(sql::marked_rows, p, on_loss::repeatable);
    std::vector<marked_row> rows;
    for (int row = 0; row < r.rows(); ++row)
      rows.push_back({{r.number(row, 0)},
                      {r.number(row, 1)},
                      static_cast<spec_version>(r.number(row, 2)),
                      from_ms(r.number(row, 3)),
                      static_cast<std::int16_t>(r.number(row, 4)),
                      {r.number(row, 5)}});
    return rows;
  }

  std::vector<stored_spec> specs(std::span<const spec_key> keys) override {
    std::vector<std::int64_t> jobs;
    std::vector<std::int32_t> versions;
    for (const auto& key : keys) {
      jobs.push_back(key.job.value);
      versions.push_back(key.version);
    }
    connection_.open();
    const std::vector<param> p{array(std::span<const std::int64_t>{jobs}),
                               array(std::span<const std::int32_t>{versions})};
    const auto r = connection_.execute(sql::specs, p, on_loss::repeatable);
    std::vector<stored_spec> found;
    for (int row = 0; row < r.rows(); ++row)
      if (!r.null(row, 4))
        found.push_back({{r.number(row, 0)},
                         static_cast<spec_version>(r.number(row, 1)),
                         {r.number(row, 2)},
                         std::string{r.text(row, 3)},
                         std::string{r.text(row, 4)}});
    return found;
  }

private:
  /// Both reads go on above a key of time and id.
  result read(const statement& s, instant until, instant after, std::int64_t after_id, std::size_t most) {
    connection_.open();
    const std::vector<param> p{scalar(to_ms(until)), scalar(to_ms(after)), scalar(after_id),
                               scalar(static_cast<std::int64_t>(most))};
    return connection_.execute(s, p, on_loss::repeatable);
  }

  connection connection_;
};

} // namespace

std::unique_ptr<plan_reader> open_postgres_plan_reader(const std::string& url, const std::string& node) {
  return std::make_unique<postgres_plan_reader>(url, node);
}

} // namespace xxl::storage
