#include "contract/requests.hpp"

#include "contract/cursor.hpp"

#include <array>

namespace signalbox::contract {

namespace {

using namespace std::string_view_literals;

constexpr std::array kOnLimitWords{"reject"sv, "queue"sv};
constexpr std::array kStatusWords{
    "QUEUED"sv, "PENDING"sv, "RUNNING"sv, "SUCCEEDED"sv, "FAILED"sv, "CANCELLED"sv
};
constexpr TextRule kName{.min = 1, .max = 100};
constexpr TextRule kPath{.min = 1, .max = 1000};
constexpr TextRule kAddress{.min = 1, .max = 2000};
constexpr std::int64_t kMaxTimeoutSeconds = 30LL * 24 * 3600;
// SUMO counts time in milliseconds of 64 bits; this is 30 years.
constexpr double kMaxEndSeconds = 1e9;

std::int32_t find_small(BodyReader& reader, std::string_view name, IntRule rule, int fallback) {
    return static_cast<std::int32_t>(reader.find_int(name, rule).value_or(fallback));
}

std::optional<model::JobStatus> find_status(BodyReader& reader) {
    const auto word = reader.find_word("status", kStatusWords);
    return word ? model::parse_job_status(*word) : std::nullopt;
}

}  // namespace

SubmitRequest read_submit_request(BodyReader& reader) {
    SubmitRequest request;
    request.scenario_id = reader.get_text("scenario_id", kName);
    request.cpu_request = find_small(reader, "cpu_request", {.min = 1, .max = 32}, 1);
    request.memory_gi = find_small(reader, "memory_gi", {.min = 1, .max = 128}, 1);
    request.config_file = reader.find_text("config_file", kPath).value_or("");
    request.sumo_version = reader.find_text("sumo_version", kName).value_or("");
    request.seed = reader.find_int(
        "seed",
        {.min = std::numeric_limits<std::int32_t>::min(),
         .max = std::numeric_limits<std::int32_t>::max()}
    );
    request.end = reader.find_number("end", {.min = 0, .max = kMaxEndSeconds});
    request.args = reader.find_texts("args", {.max_items = 200, .item = {.min = 1, .max = 1000}})
                       .value_or(std::vector<std::string>{});
    request.on_limit = read_on_limit(reader);
    request.priority = find_small(reader, "priority", {.min = 0, .max = 9}, 5);
    if (const auto seconds =
            reader.find_int("timeout_seconds", {.min = 1, .max = kMaxTimeoutSeconds})) {
        request.timeout = std::chrono::seconds(*seconds);
    }
    request.callback_url = reader.find_text("callback_url", kAddress).value_or("");
    request.progress_webhook_url = reader.find_text("progress_webhook_url", kAddress).value_or("");
    request.scenario = reader.find_text("scenario", kName).value_or("");
    request.s3_url = reader.find_text("sumo_files_s3_url", kAddress).value_or("");
    request.s3_urls = reader.find_texts("sumo_files_s3_urls", {.max_items = 100, .item = kAddress})
                          .value_or(std::vector<std::string>{});
    return request;
}

PageQuery read_page_query(BodyReader& reader, PageRule rule) {
    PageQuery query;
    query.limit =
        reader.find_int("limit", {.min = 1, .max = rule.max_limit}).value_or(rule.default_limit);
    if (const auto cursor = reader.find_text("cursor", {.min = 1, .max = 2000})) {
        if (auto key = decode_cursor(rule.kind, *cursor)) {
            query.after = *std::move(key);
        } else {
            reader.refuse("cursor", key.error().fields().front().message);
        }
    }
    return query;
}

JobsQuery read_jobs_query(BodyReader& reader, PageRule rule) {
    JobsQuery query;
    query.status = find_status(reader);
    query.scenario_id = reader.find_text("scenario_id", kName);
    query.page = read_page_query(reader, rule);
    return query;
}

AdminJobsQuery read_admin_jobs_query(BodyReader& reader, PageRule rule) {
    AdminJobsQuery query;
    query.status = find_status(reader);
    query.tenant_id = reader.find_text("tenant_id", kName);
    query.page = read_page_query(reader, rule);
    return query;
}

std::optional<model::OnLimit> read_on_limit(BodyReader& reader) {
    const auto word = reader.find_word("on_limit", kOnLimitWords);
    return word ? model::parse_on_limit(*word) : std::nullopt;
}

}  // namespace signalbox::contract
