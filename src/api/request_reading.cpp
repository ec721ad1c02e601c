#include "api/request_reading.hpp"

#include "base/text.hpp"
#include "contract/cursor.hpp"
#include "files/free_space.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace signalbox::api {

namespace {

constexpr std::size_t kMaxIdempotencyKey = 255;

}  // namespace

Task<Result<std::string>> read_body(RequestContext& context) {
    co_return co_await read_body(context, context.config.max_json_bytes);
}

Task<Result<std::string>> read_body(RequestContext& context, std::uint64_t max_bytes) {
    context.request.body.set_limit(max_bytes);
    co_return co_await context.request.body.read_all();
}

contract::BodyReader query_reader(const RequestContext& context) {
    return contract::BodyReader::from_pairs("query", context.request.query);
}

Result<contract::PageQuery> read_page(const RequestContext& context, contract::PageRule rule) {
    contract::BodyReader reader = query_reader(context);
    contract::PageQuery query = contract::read_page_query(reader, rule);
    SB_OK(reader.finish());
    return query;
}

store::PageRequest to_page_request(contract::PageQuery query) {
    return {.limit = query.limit, .after = std::move(query.after)};
}

std::optional<std::string> to_next_cursor(
    std::string_view kind, const std::optional<std::string>& next
) {
    return next ? std::optional(contract::encode_cursor(kind, *next)) : std::nullopt;
}

std::string path_param(const RequestContext& context, std::string_view name) {
    return std::string(context.params.get(name));
}

const TenantId& own_tenant(const RequestContext& context) {
    return context.principal.tenant;
}

Task<Result<model::Job>> find_job(RequestContext& context) {
    co_return co_await context.with.job_service.get_job(
        own_tenant(context), path_param(context, "job_id")
    );
}

Result<std::string> read_idempotency_key(const RequestContext& context) {
    const std::string_view key = context.request.headers.find("Idempotency-Key").value_or("");
    const bool printable = std::ranges::all_of(key, [](char c) { return c >= ' ' && c <= '~'; });
    if (key.size() > kMaxIdempotencyKey || !printable) {
        const std::string sentence = fmt::format(
            "must be at most {} printable ASCII characters; this one has {} bytes",
            kMaxIdempotencyKey,
            key.size()
        );
        return fail(contract::field_error("header.Idempotency-Key", sentence));
    }
    return std::string(key);
}

std::string result_location(const Parts& with, const model::Job& job) {
    if (job.files.empty()) {
        return {};
    }
    return with.results.location(
        {.tenant = job.tenant, .attempt = {.job = job.id, .n = job.attempt}}
    );
}

Result<void> require_unlimited_scope(const RequestContext& context) {
    const std::vector<std::string>& tenants = context.principal.scope.tenants;
    if (tenants.empty()) {
        return {};
    }
    return fail(
        Code::kForbidden,
        "FORBIDDEN",
        fmt::format("This concerns all tenants; the key reaches only {}", join(tenants, ", "))
    );
}

Result<void> require_disk_space(const ApiConfig& config) {
    const auto shortage = files::find_shortage(config.spool_directory, config.min_free_disk);
    if (!shortage) {
        return {};
    }
    return fail(
        Code::kNoSpace,
        "LOW_DISK",
        fmt::format(
            "Submissions are refused: {}, {:g} % are needed", *shortage, config.min_free_disk * 100
        )
    );
}

}  // namespace signalbox::api
