#pragma once
// Edits of a job (storage.md §4d): the fire row is locked first, so that an edit and a claim never cross; then the
// editor looks and decides, then everything is written in the same transaction: job, fire row, version history, gap
// row, operators' log.

#include "storage/catalog.hpp"
#include "storage/soci_connection.hpp"

#include <functional>
#include <optional>

namespace xxl::storage {

/// As catalog::edit_job. A job that is paused, disabled, deleted or in a paused group gets no next fire, whatever was
/// decided.
std::optional<job_row> edit_job(soci_connection& c, soci::session& s, job_id job,
                                const std::function<std::optional<job_edit>(const locked_job&)>& decide,
                                const edit_note& note);

} // namespace xxl::storage
