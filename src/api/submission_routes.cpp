// Jobs on their way in: uploaded, from a stored scenario, from elsewhere, once more.
#include "api/handlers.hpp"
#include "api/request_reading.hpp"
#include "api/responses.hpp"
#include "api/upload.hpp"
#include "base/url.hpp"
#include "contract/job_contract.hpp"
#include "wire/header_value.hpp"

#include <utility>

namespace signalbox::api {

namespace {

Failure not_here(std::string sentence) {
    return fail(Code::kNotImplemented, "NOT_IMPLEMENTED", std::move(sentence));
}

net::Response admission_response(const store::Admission& admission, std::string retry_of) {
    return json_response(contract::encode(contract::SubmitAnswer{
        .job_id = admission.id.text,
        .status = admission.status,
        .config_file = admission.config_file,
        .warnings = admission.warnings,
        .retry_of = std::move(retry_of)
    }));
}

bool comes_from_s3(const contract::SubmitRequest& request) {
    return !request.s3_url.empty() || !request.s3_urls.empty();
}

Result<void> check_inputs(const contract::SubmitRequest& request, bool has_archive) {
    const int inputs = (has_archive ? 1 : 0) + (request.scenario.empty() ? 0 : 1) +
                       (request.s3_url.empty() ? 0 : 1) + (request.s3_urls.empty() ? 0 : 1);
    if (inputs != 1) {
        return fail(
            Code::kInvalid,
            inputs == 0 ? "NO_INPUT" : "SEVERAL_INPUTS",
            "Provide exactly one input: sumo_files (the zip), sumo_files_s3_url, or scenario (the "
            "name of a stored one); there are " +
                std::to_string(inputs)
        );
    }
    if (comes_from_s3(request)) {
        return not_here(
            "Inputs from S3 are not available on this server yet; upload the zip as sumo_files"
        );
    }
    if (!request.callback_url.empty() || !request.progress_webhook_url.empty()) {
        return not_here(
            "Webhooks (callback_url, progress_webhook_url) are not available on this server yet; "
            "follow GET /jobs/{id}/events instead"
        );
    }
    return {};
}

Result<contract::SubmitRequest> read_fields(contract::BodyReader& reader) {
    contract::SubmitRequest request = contract::read_submit_request(reader);
    SB_OK(reader.finish());
    return request;
}

Result<jobs::SubmissionRequest> to_submission(
    const RequestContext& context, contract::SubmitRequest request
) {
    SB_TRY(std::string key, read_idempotency_key(context));
    return jobs::SubmissionRequest{
        .tenant = own_tenant(context),
        .scenario_id = std::move(request.scenario_id),
        .cpu_request = request.cpu_request,
        .memory_gi = request.memory_gi,
        .priority = request.priority,
        .config_file = std::move(request.config_file),
        .sumo_version = std::move(request.sumo_version),
        .seed = request.seed,
        .end = request.end,
        .args = std::move(request.args),
        .on_limit = request.on_limit,
        .timeout = request.timeout,
        .idempotency_key = std::move(key)
    };
}

HandlerTask submit_multipart(RequestContext& context, std::string content_type) {
    SB_CO_TRY(std::string boundary, wire::parse_multipart_boundary(content_type));
    SB_CO_OK(check_upload(context));
    SB_CO_TRY(const UploadForm form, co_await read_form(context, std::move(boundary)));
    auto reader = contract::BodyReader::from_pairs("body", form.fields);
    SB_CO_TRY(auto request, read_fields(reader));
    SB_CO_OK(check_inputs(request, form.archive != nullptr));
    std::string stored = request.scenario;
    SB_CO_TRY(auto submission, to_submission(context, std::move(request)));
    if (form.archive == nullptr) {
        SB_CO_TRY(
            const auto admission,
            co_await context.with.submissions.submit_stored(
                std::move(submission), std::move(stored)
            )
        );
        co_return admission_response(admission, {});
    }
    if (form.archive->size_bytes() == 0) {
        co_return fail(Code::kInvalid, "EMPTY_FILE", "Empty file");
    }
    jobs::Upload upload{.path = form.archive->path(), .ref = form.archive->finish()};
    SB_CO_TRY(
        const auto admission,
        co_await context.with.submissions.submit(std::move(submission), std::move(upload))
    );
    co_return admission_response(admission, {});
}

// Bodies without an archive: what they name is here already, or not to be had.
HandlerTask submit_by_name(RequestContext& context, contract::BodyReader reader) {
    SB_CO_TRY(auto request, read_fields(reader));
    SB_CO_OK(check_inputs(request, false));
    SB_CO_OK(require_disk_space(context.config));
    std::string stored = request.scenario;
    SB_CO_TRY(auto submission, to_submission(context, std::move(request)));
    SB_CO_TRY(
        const auto admission,
        co_await context.with.submissions.submit_stored(std::move(submission), std::move(stored))
    );
    co_return admission_response(admission, {});
}

}  // namespace

HandlerTask submit_job(RequestContext& context) {
    SB_CO_OK(context.with.submissions.choose_simulator(""));
    const std::string content_type(context.request.headers.find("Content-Type").value_or(""));
    const auto parsed = wire::parse_header_value(content_type);
    const std::string type = parsed ? parsed->value : std::string();
    if (type == "multipart/form-data") {
        co_return co_await submit_multipart(context, content_type);
    }
    if (type == "application/json") {
        SB_CO_TRY(const std::string body, co_await read_body(context));
        SB_CO_TRY(auto reader, contract::BodyReader::from_json(body));
        co_return co_await submit_by_name(context, std::move(reader));
    }
    if (type == "application/x-www-form-urlencoded") {
        SB_CO_TRY(const std::string body, co_await read_body(context));
        SB_CO_TRY(const auto fields, parse_query(body));
        co_return co_await submit_by_name(
            context, contract::BodyReader::from_pairs("body", fields)
        );
    }
    co_return fail(
        Code::kUnsupported,
        "UNSUPPORTED_MEDIA_TYPE",
        "Content-Type must be multipart/form-data, application/json or "
        "application/x-www-form-urlencoded, not '" +
            content_type.substr(0, 100) + "'"
    );
}

HandlerTask submit_s3_job(RequestContext& context) {
    SB_CO_OK(context.with.submissions.choose_simulator(""));
    SB_CO_TRY(const std::string body, co_await read_body(context));
    SB_CO_TRY(auto reader, contract::BodyReader::from_json(body));
    SB_CO_TRY(const auto request, read_fields(reader));
    if (request.s3_url.empty() == request.s3_urls.empty()) {
        co_return fail(
            Code::kInvalid,
            request.s3_url.empty() ? "NO_INPUT" : "SEVERAL_INPUTS",
            "Provide exactly one input: sumo_files_s3_url or sumo_files_s3_urls"
        );
    }
    co_return not_here(
        "Inputs from S3 are not available on this server yet; upload the zip with POST /jobs"
    );
}

HandlerTask retry_job(RequestContext& context) {
    SB_CO_TRY(const auto job, co_await find_job(context));
    SB_CO_TRY(const std::string body, co_await read_body(context));
    contract::BodyReader query = query_reader(context);
    auto on_limit = contract::read_on_limit(query);
    SB_CO_OK(query.finish());
    if (!body.empty()) {
        SB_CO_TRY(auto reader, contract::BodyReader::from_json(body));
        const auto from_body = contract::read_on_limit(reader);
        SB_CO_OK(reader.finish());
        on_limit = from_body ? from_body : on_limit;
    }
    SB_CO_OK(require_disk_space(context.config));
    SB_CO_TRY(std::string key, read_idempotency_key(context));
    jobs::RetryRequest request{
        .tenant = own_tenant(context),
        .job = job.id,
        .on_limit = on_limit,
        .idempotency_key = std::move(key)
    };
    SB_CO_TRY(const auto admission, co_await context.with.submissions.retry(std::move(request)));
    co_return admission_response(admission, job.id.text);
}

}  // namespace signalbox::api
