// What a job has said, as text and as a stream, and the stream of its state.
#include "api/handlers.hpp"
#include "api/job_streams.hpp"
#include "api/request_reading.hpp"
#include "api/responses.hpp"
#include "contract/job_answers.hpp"
#include "tenancy/access.hpp"

#include <memory>
#include <utility>

namespace signalbox::api {

namespace {

constexpr std::int64_t kDefaultLines = 500;
constexpr std::int64_t kMaxLines = 10'000;

std::string_view last_event_id(const RequestContext& context) {
    return context.request.headers.find("Last-Event-ID").value_or("");
}

Failure no_such_attempt(std::int64_t asked, const model::Job& job) {
    return fail(
        Code::kNotFound,
        "ATTEMPT_NOT_FOUND",
        "Attempt " + std::to_string(asked) + " not found: the job has had " +
            std::to_string(job.attempt)
    );
}

Result<net::Response> open_stream(RequestContext& context, std::unique_ptr<EventSource> source) {
    SB_TRY(auto slot, context.streams.take(tenancy::rate_name(context.principal)));
    StreamOrder order{
        .source = std::move(source),
        .slot = std::move(slot),
        .heartbeat = context.config.streams.heartbeat,
        .request_id = context.request.request_id
    };
    return stream_response(std::move(order), context.with.clock);
}

}  // namespace

HandlerTask get_job_logs(RequestContext& context) {
    contract::BodyReader reader = query_reader(context);
    const std::int64_t lines =
        reader.find_int("lines", {.min = 1, .max = kMaxLines}).value_or(kDefaultLines);
    const auto asked = reader.find_int("attempt", {.min = 1, .max = 1'000'000});
    SB_CO_OK(reader.finish());
    SB_CO_TRY(auto job, co_await find_job(context));
    if (asked && *asked > job.attempt) {
        co_return no_such_attempt(*asked, job);
    }
    contract::LogText answer{.job_id = job.id.text, .pod_name = pod_name(job.id), .logs = {}};
    if (job.status == model::JobStatus::kQueued) {
        answer.logs = "Job queued; logs available after dispatch";
    } else if (job.attempt > 0) {
        const auto attempt = static_cast<std::int32_t>(asked.value_or(job.attempt));
        SB_CO_TRY(
            answer.logs,
            co_await context.with.job_service.read_log_end(std::move(job), attempt, lines)
        );
    }
    co_return json_response(contract::encode(answer));
}

HandlerTask stream_job_logs(RequestContext& context) {
    SB_CO_TRY(auto job, co_await find_job(context));
    const auto resume = jobs::parse_log_position(last_event_id(context));
    if (resume && resume->ended) {
        co_return empty_response();
    }
    jobs::LogFollower follower(context.with.log_feeds.open(job.id), resume);
    co_return open_stream(context, std::make_unique<LogEvents>(std::move(follower)));
}

HandlerTask stream_job_events(RequestContext& context) {
    SB_CO_TRY(auto job, co_await find_job(context));
    const std::string_view last = last_event_id(context);
    if (resumes_behind_end(last)) {
        co_return empty_response();
    }
    co_return open_stream(
        context,
        std::make_unique<JobEvents>(context.with, std::move(job.id), parse_seen_snapshots(last))
    );
}

}  // namespace signalbox::api
