// What a job has left behind: listed, one file, all files, gone.
#include "api/handlers.hpp"
#include "api/request_reading.hpp"
#include "api/responses.hpp"
#include "api/result_zip.hpp"
#include "contract/job_answers.hpp"
#include "wire/header_value.hpp"

#include <algorithm>
#include <utility>

namespace signalbox::api {

namespace {

// What a path ends with, for saving under.
std::string base_name(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

files::ResultPlace place_of(const model::Job& job) {
    return {.tenant = job.tenant, .attempt = {.job = job.id, .n = job.attempt}};
}

Failure no_results(const model::Job& job) {
    return fail(
        Code::kNotFound,
        "NO_RESULTS",
        "The job has no result files; it is " + std::string(model::to_word(job.status))
    );
}

}  // namespace

HandlerTask list_results(RequestContext& context) {
    SB_CO_TRY(const auto job, co_await find_job(context));
    co_return json_response(contract::encode(
        contract::make_results_view(job, "local", result_location(context.with, job))
    ));
}

HandlerTask get_result_file(RequestContext& context) {
    SB_CO_TRY(const auto job, co_await find_job(context));
    const std::string path = path_param(context, "path");
    const auto file = std::ranges::find(job.files, path, &model::ResultFile::path);
    if (file == job.files.end()) {
        co_return fail(
            Code::kNotFound, "RESULT_NOT_FOUND", "Result file " + path.substr(0, 200) + " not found"
        );
    }
    SB_CO_TRY(auto opened, co_await context.with.results.open(place_of(job), path));
    co_return download_response(
        context,
        {.file = std::move(opened),
         .sha256 = file->sha256,
         .content_type = content_type_of(path),
         .filename = base_name(path)}
    );
}

HandlerTask get_results_zip(RequestContext& context) {
    SB_CO_TRY(auto job, co_await find_job(context));
    if (job.files.empty()) {
        co_return no_results(job);
    }
    std::string name = job.spec.scenario_id + "-" + std::string(short_form(job.id.text)) + ".zip";
    // A name to save under, not a path: a scenario's name may hold anything.
    std::ranges::replace(name, '/', '_');
    ResultZip zip{
        .place = place_of(job),
        .files = std::move(job.files),
        .modified = job.finished_at.value_or(job.submitted_at),
        .request_id = context.request.request_id
    };
    const std::uint64_t length = size_of(zip);
    net::Response response = empty_response(200);
    response.headers.set("Content-Type", "application/zip");
    response.headers.set("Content-Disposition", wire::format_attachment(name));
    response.headers.set("Cache-Control", "no-store");
    auto produce = [zip = std::move(zip), &with = context.with](net::BodyWriter& writer) {
        return send_results_zip(zip, with.results, with.pool, writer);
    };
    response.body = net::StreamBody{.produce = std::move(produce), .live = false, .length = length};
    co_return response;
}

HandlerTask delete_results(RequestContext& context) {
    SB_CO_TRY(const auto job, co_await find_job(context));
    SB_CO_OK(co_await context.with.job_service.delete_results(own_tenant(context), job.id));
    co_return empty_response();
}

}  // namespace signalbox::api
