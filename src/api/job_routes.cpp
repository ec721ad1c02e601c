// A tenant's jobs: listed, looked at, pinned, cancelled, explained.
#include "api/handlers.hpp"
#include "api/request_reading.hpp"
#include "api/responses.hpp"
#include "contract/job_answers.hpp"
#include "contract/job_contract.hpp"

#include <utility>

namespace signalbox::api {

namespace {

constexpr contract::PageRule kJobPages{.default_limit = 50, .max_limit = 200, .kind = "jobs"};

net::Response job_response(const RequestContext& context, const model::Job& job) {
    return json_response(
        contract::encode(contract::make_job_view(job, result_location(context.with, job)))
    );
}

}  // namespace

HandlerTask list_jobs(RequestContext& context) {
    contract::BodyReader reader = query_reader(context);
    contract::JobsQuery query = contract::read_jobs_query(reader, kJobPages);
    SB_CO_OK(reader.finish());
    store::JobFilter filter{
        .tenant = own_tenant(context), .status = query.status, .scenario_id = query.scenario_id
    };
    SB_CO_TRY(
        const auto found,
        co_await context.with.jobs.list_jobs(
            std::move(filter), to_page_request(std::move(query.page)), false
        )
    );
    contract::JobsPage answer{
        .jobs = {},
        .next_cursor = to_next_cursor(kJobPages.kind, found.page.next),
        .total = std::nullopt
    };
    for (const model::Job& job : found.page.rows) {
        answer.jobs.push_back(contract::make_job_view(job, result_location(context.with, job)));
    }
    co_return json_response(contract::encode(answer));
}

HandlerTask get_job(RequestContext& context) {
    SB_CO_TRY(const auto job, co_await find_job(context));
    co_return job_response(context, job);
}

// `{"pinned": true}`: retention leaves the job alone.
HandlerTask change_job(RequestContext& context) {
    SB_CO_TRY(auto job, co_await find_job(context));
    SB_CO_TRY(const std::string body, co_await read_body(context));
    SB_CO_TRY(contract::BodyReader reader, contract::BodyReader::from_json(body));
    const auto pinned = reader.find_bool("pinned");
    SB_CO_OK(reader.finish());
    if (!pinned) {
        co_return fail(
            Code::kInvalid, "NOTHING_TO_UPDATE", "Nothing to update: give pinned (true or false)"
        );
    }
    SB_CO_OK(co_await context.with.jobs.set_pinned(own_tenant(context), job.id, *pinned));
    job.pinned = *pinned;
    co_return job_response(context, job);
}

HandlerTask cancel_job(RequestContext& context) {
    SB_CO_TRY(const auto found, co_await find_job(context));
    SB_CO_TRY(auto job, co_await context.with.job_service.cancel(own_tenant(context), found.id));
    if (job.attempts.empty()) {
        job.attempts = found.attempts;
    }
    co_return job_response(context, job);
}

HandlerTask explain_job(RequestContext& context) {
    SB_CO_TRY(auto job, co_await find_job(context));
    SB_CO_TRY(const auto why, co_await context.with.job_service.explain(std::move(job)));
    co_return json_response(contract::encode(why));
}

HandlerTask get_job_history(RequestContext& context) {
    SB_CO_TRY(const auto job, co_await find_job(context));
    SB_CO_TRY(auto changes, co_await context.with.jobs.get_history(job.id));
    const contract::History history{.job_id = job.id.text, .changes = std::move(changes)};
    co_return json_response(contract::encode(history));
}

// Where an installation is on the disk is for admins only.
HandlerTask list_simulators(RequestContext& context) {
    const bool tenant = context.principal.role == model::Role::kTenant;
    const auto by_default = context.with.submissions.choose_simulator("");
    contract::Simulators answer;
    answer.simulators.reserve(context.with.submissions.simulators().size());
    for (const auto& simulator : context.with.submissions.simulators()) {
        answer.simulators.push_back(
            {.version = simulator.version,
             .is_default = by_default && *by_default == &simulator,
             .home = tenant ? std::string() : simulator.home.string()}
        );
    }
    co_return json_response(contract::encode(answer));
}

}  // namespace signalbox::api
