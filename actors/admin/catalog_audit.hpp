#pragma once
// What an audit is told of a job's version: of its specification, only what fires and retries hang on.

#include "protocol/messages.hpp"
#include "storage/catalog.hpp"

namespace xxl::admin {

/// A specification that cannot be read hides nothing else: it becomes the version's `problem`.
audit_version audit_view(storage::version_row row);

} // namespace xxl::admin
