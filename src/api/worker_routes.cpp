// The worker protocol: what the run of one attempt asks and brings, by the attempt's token.
#include "api/handlers.hpp"
#include "api/request_reading.hpp"
#include "api/responses.hpp"
#include "base/hash.hpp"
#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "contract/error_body.hpp"
#include "contract/worker_contract.hpp"
#include "store/refusals.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace signalbox::api {

namespace {

// Workers send far less at a time; a log is cut into pieces anywhere.
constexpr std::uint64_t kMaxLogPieceBytes = std::uint64_t{4} << 20U;

Result<void> require_open(const store::AttemptView& attempt) {
    if (attempt.ended) {
        return fail(store::attempt_over(attempt.id));
    }
    return {};
}

store::RunPhase to_run_phase(contract::WorkerPhase phase) {
    switch (phase) {
        case contract::WorkerPhase::kFetching:
            return store::RunPhase::kFetching;
        case contract::WorkerPhase::kUploading:
            return store::RunPhase::kUploading;
        default:
            return store::RunPhase::kRunning;
    }
}

// A stop of the server's own has no word of its own in the protocol.
contract::BeatAnswer to_answer(const jobs::StopOrder& order) {
    if (order.reason.empty()) {
        return {};
    }
    return {
        .stop = true,
        .reason = model::parse_reason(order.reason).value_or(model::Reason::kInterrupted)
    };
}

// The gap as the protocol says it, `{"expected"}`, within the one body of all errors.
net::Response gap_response(const RequestContext& context, const Error& error) {
    return json_response(
        contract::encode_error(
            error, context.request.request_id, context.with.clock.now(), "expected"
        ),
        409
    );
}

Result<std::string> announced_sha256(const RequestContext& context) {
    const std::string hash = to_lower(trim(context.request.headers.find("X-SHA256").value_or("")));
    if (hash.size() != 64 || !std::ranges::all_of(hash, is_hex_digit)) {
        return fail(contract::field_error(
            "header.X-SHA256", "must be 64 hexadecimal digits, not '" + hash.substr(0, 80) + "'"
        ));
    }
    return hash;
}

}  // namespace

HandlerTask get_attempt(RequestContext& context) {
    const store::AttemptView& attempt = *context.attempt;
    SB_CO_OK(require_open(attempt));
    const model::JobSpec& spec = attempt.spec;
    const contract::AttemptDescription description{
        .job_id = attempt.id.job.text,
        .attempt = attempt.id.n,
        .config_file = spec.config_file,
        .sumo_version = spec.sumo_version,
        .seed = spec.seed,
        .end = spec.end,
        .args = spec.args,
        .limits =
            {.wall_seconds = spec.timeout.count(),
             .memory_bytes = attempt.memory_bytes,
             .output_bytes = context.config.runs.output_bytes,
             .log_bytes = context.config.runs.log_bytes},
        .scenario =
            {.sha256 = spec.scenario.sha256, .size_bytes = spec.scenario.size_bytes, .url = {}}
    };
    co_return json_response(contract::encode(description));
}

HandlerTask get_attempt_scenario(RequestContext& context) {
    SB_CO_TRY(auto file, co_await context.with.workers.open_scenario(*context.attempt));
    co_return download_response(
        context,
        {.file = std::move(file),
         .sha256 = context.attempt->spec.scenario.sha256,
         .content_type = "application/zip",
         .filename = {}}
    );
}

HandlerTask post_beat(RequestContext& context) {
    SB_CO_TRY(const std::string body, co_await read_body(context, contract::kMaxBeatBytes));
    SB_CO_TRY(auto beat, contract::decode_beat_request(body));
    jobs::BeatReport report{
        .phase = to_run_phase(beat.phase),
        .progress = beat.progress,
        .figures = std::move(beat.figures),
        .usage = beat.usage
    };
    SB_CO_TRY(
        const auto order, co_await context.with.workers.beat(*context.attempt, std::move(report))
    );
    co_return json_response(contract::encode(to_answer(order)));
}

HandlerTask put_log(RequestContext& context) {
    contract::BodyReader reader = query_reader(context);
    const std::int64_t offset =
        reader.get_int("offset", {.min = 0, .max = std::numeric_limits<std::int64_t>::max()});
    SB_CO_OK(reader.finish());
    SB_CO_OK(require_open(*context.attempt));
    SB_CO_TRY(std::string bytes, co_await read_body(context, kMaxLogPieceBytes));
    const auto next = co_await context.with.workers.append_log(
        *context.attempt, static_cast<std::uint64_t>(offset), std::move(bytes)
    );
    if (!next && next.error().code() == Code::kConflict) {
        co_return gap_response(context, next.error());
    }
    if (!next) {
        co_return Failure(next.error());
    }
    co_return json_response(contract::encode(contract::LogAnswer{.next = *next, .expected = {}}));
}

HandlerTask put_result(RequestContext& context) {
    const std::string path = path_param(context, "path");
    if (!contract::is_result_path(path)) {
        co_return fail(contract::field_error(
            "path.path", "is not the name of a result file: " + path.substr(0, 200)
        ));
    }
    SB_CO_TRY(const std::string sha256, announced_sha256(context));
    SB_CO_TRY(
        const auto writer, co_await context.with.workers.begin_result(*context.attempt, path)
    );
    net::BodyReader& body = context.request.body;
    body.set_limit(static_cast<std::uint64_t>(context.config.runs.output_bytes));
    for (;;) {
        SB_CO_TRY(const std::string_view piece, co_await body.next());
        if (piece.empty()) {
            break;
        }
        SB_CO_OK(co_await writer->write(std::string(piece)));
    }
    SB_CO_OK(co_await writer->commit(sha256));
    JsonWriter json;
    json.begin_object().key("path").text(path).key("size").number(body.bytes_read()).end_object();
    co_return json_response(json.take());
}

// Files go through this server: the store has no addresses of its own.
HandlerTask make_result_url(RequestContext& context) {
    SB_CO_OK(require_open(*context.attempt));
    if (!context.params.get("path").ends_with("/url")) {
        co_return fail(
            Code::kNotFound, "ROUTE_NOT_FOUND", "Result files are sent with PUT; POST is for …/url"
        );
    }
    co_return fail(
        Code::kNotImplemented,
        "NO_PRESIGNED_URLS",
        "This server's store has no presigned addresses; send the file with PUT"
    );
}

HandlerTask post_verdict(RequestContext& context) {
    SB_CO_TRY(const std::string body, co_await read_body(context, contract::kMaxVerdictBytes));
    SB_CO_TRY(auto verdict, contract::decode_verdict(body));
    // Of the canonical text, so that white space and order make no difference.
    std::string hash = sha256_hex(contract::encode(verdict));
    SB_CO_OK(co_await context.with.workers.conclude(
        *context.attempt, std::move(verdict), std::move(hash)
    ));
    co_return json_response(R"({"status":"accepted"})");
}

}  // namespace signalbox::api
