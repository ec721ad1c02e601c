// What handlers take out of a request, and the few checks that several of them share.
//
// Threads: event loop.  Suspends: read_body, find_job.
// Errors: kUnprocessable naming the field, kTooLarge, kNotFound; as noted.
#pragma once

#include "api/request_context.hpp"
#include "contract/body_reader.hpp"
#include "contract/requests.hpp"
#include "model/job.hpp"
#include "store/page.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace signalbox::api {

/// The whole body, at most `max_json_bytes`.
Task<Result<std::string>> read_body(RequestContext& context);

/// The same, at most `max_bytes`.
Task<Result<std::string>> read_body(RequestContext& context, std::uint64_t max_bytes);

[[nodiscard]] contract::BodyReader query_reader(const RequestContext& context);

/// Query parameters `limit` and `cursor`.
[[nodiscard]] Result<contract::PageQuery> read_page(
    const RequestContext& context, contract::PageRule rule
);

[[nodiscard]] store::PageRequest to_page_request(contract::PageQuery query);

[[nodiscard]] std::optional<std::string> to_next_cursor(
    std::string_view kind, const std::optional<std::string>& next
);

/// The parameter of the path, decoded.
[[nodiscard]] std::string path_param(const RequestContext& context, std::string_view name);

/// The tenant whose key this is: only for kTenant routes.
[[nodiscard]] const TenantId& own_tenant(const RequestContext& context);

/// The caller's job `{job_id}`, with attempts; the id may be shortened.
Task<Result<model::Job>> find_job(RequestContext& context);

/// `Idempotency-Key`: up to 255 printable ASCII characters; empty when absent.
[[nodiscard]] Result<std::string> read_idempotency_key(const RequestContext& context);

/// Where the newest attempt's results are; empty while there are none.
[[nodiscard]] std::string result_location(const Parts& with, const model::Job& job);

/// kForbidden for a key limited to some tenants: for what shows or changes all of them.
[[nodiscard]] Result<void> require_unlimited_scope(const RequestContext& context);

/// kNoSpace when the disk of the uploads is nearly full.
[[nodiscard]] Result<void> require_disk_space(const ApiConfig& config);

}  // namespace signalbox::api
