// signalbox jobs, job, cancel, retry, explain.
#include "base/ids.hpp"
#include "base/time.hpp"
#include "base/url.hpp"
#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/session.hpp"
#include "cli/show/answer.hpp"
#include "cli/show/job_view.hpp"
#include "cli/show/table.hpp"
#include "cli/show/time_text.hpp"
#include "contract/job_answers.hpp"
#include "contract/job_contract.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace signalbox::cli {

namespace {

constexpr std::int64_t kMaxPage = 200;
constexpr std::int64_t kMaxJobs = 100'000;

const std::vector<std::string> kStatusWords{
    "QUEUED", "PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"
};

struct ListOptions {
    std::string status;
    std::string scenario;
    std::optional<std::int64_t> limit;
    bool all = false;
};

/// Pages until there is enough, or no more.
Task<Result<contract::JobsPage>> fetch_jobs(
    ApiClient& client, ListOptions options, std::int64_t limit
) {
    contract::JobsPage all;
    do {
        const std::int64_t missing = limit - static_cast<std::int64_t>(all.jobs.size());
        QueryParams query{{"limit", std::to_string(std::min(missing, kMaxPage))}};
        if (!options.status.empty()) {
            query.emplace_back("status", options.status);
        }
        if (!options.scenario.empty()) {
            query.emplace_back("scenario_id", options.scenario);
        }
        if (all.next_cursor) {
            query.emplace_back("cursor", *all.next_cursor);
        }
        SB_CO_TRY(
            auto page,
            co_await client.fetch("/jobs?" + format_query(query), &contract::decode_jobs_page)
        );
        std::ranges::move(page.value.jobs, std::back_inserter(all.jobs));
        all.next_cursor = std::move(page.value.next_cursor);
        all.total = page.value.total;
    } while (all.next_cursor && static_cast<std::int64_t>(all.jobs.size()) < limit);
    co_return all;
}

Task<Result<int>> list_jobs(Session& session, ListOptions options) {
    const std::int64_t limit = options.all ? kMaxJobs : options.limit.value_or(50);
    if (options.all && options.limit) {
        co_return usage_error("--limit and --all do not go together");
    }
    if (limit < 1 || limit > kMaxJobs) {
        co_return usage_error(fmt::format("--limit {} must be between 1 and {}", limit, kMaxJobs));
    }
    SB_CO_TRY(ApiClient* const client, session.client());
    SB_CO_TRY(const auto page, co_await fetch_jobs(*client, std::move(options), limit));
    Shown shown{.json = contract::encode(page)};
    for (const contract::JobView& job : page.jobs) {
        shown.names.push_back(job.job_id);
    }
    shown.table = page.jobs.empty() ? "No jobs.\n"
                                    : render_jobs(page.jobs, session.now(), session.terminal());
    show(session, shown);
    if (page.next_cursor) {
        session.terminal().note(fmt::format(
            "the newest {}; there are more: {}",
            page.jobs.size(),
            limit < kMaxJobs ? "--limit N or --all" : "narrow them by --status or --scenario"
        ));
    }
    co_return kExitSuccess;
}

std::string render_history(const contract::History& history, const Terminal& terminal) {
    Table table({
        {.heading = "AT"},
        {.heading = "STATUS"},
        {.heading = "REASON"},
        {.heading = "ATTEMPT", .align = Align::kRight},
    });
    for (const model::StateChange& change : history.changes) {
        table.add(
            {to_rfc3339(change.at),
             Cell(std::string(to_word(change.status)), style_of(change.status)),
             change.reason,
             change.attempt ? std::to_string(*change.attempt) : ""}
        );
    }
    return table.render(terminal);
}

struct JobOptions {
    std::string id;
    bool history = false;
};

Task<Result<int>> show_job(Session& session, JobOptions options) {
    SB_CO_TRY(ApiClient* const client, session.client());
    if (options.history) {
        SB_CO_TRY(const std::string id, co_await get_job_id(*client, options.id));
        SB_CO_TRY(
            const auto history,
            co_await client->fetch(job_target(id, "/history"), &contract::decode_history)
        );
        show(
            session,
            {.json = history.text,
             .names = {id},
             .table = render_history(history.value, session.terminal())}
        );
        co_return kExitSuccess;
    }
    SB_CO_TRY(
        const auto job, co_await client->fetch(job_target(options.id), &contract::decode_job_view)
    );
    show(
        session,
        {.json = job.text,
         .names = {job.value.job_id},
         .table = render_job(job.value, session.now(), session.terminal())}
    );
    co_return kExitSuccess;
}

Task<Result<int>> cancel_job(Session& session, std::string given) {
    SB_CO_TRY(ApiClient* const client, session.client());
    SB_CO_TRY(const std::string id, co_await get_job_id(*client, std::move(given)));
    ApiCall call{.method = net::Method::kPost, .target = job_target(id, "/cancel")};
    SB_CO_TRY(
        const auto job,
        co_await client->call_and_decode(std::move(call), &contract::decode_job_view)
    );
    const bool over = is_final(job.value.status);
    show(
        session,
        {.json = job.text,
         .names = {id},
         .table = over ? fmt::format("Job {} is {}\n", id, to_word(job.value.status))
                       : fmt::format("Job {} is being cancelled\n", id)}
    );
    co_return kExitSuccess;
}

struct RetryOptions {
    std::string id;
    std::string on_limit;
};

Task<Result<int>> retry_job(Session& session, RetryOptions options) {
    SB_CO_TRY(ApiClient* const client, session.client());
    SB_CO_TRY(const std::string id, co_await get_job_id(*client, options.id));
    ApiCall call{.method = net::Method::kPost, .target = job_target(id, "/retry")};
    if (!options.on_limit.empty()) {
        call.target += "?on_limit=" + percent_encode(options.on_limit);
    }
    call.headers.set("Idempotency-Key", session.parts().random.alphanumerics(32));
    SB_CO_TRY(
        const auto answer,
        co_await client->call_and_decode(std::move(call), &contract::decode_submit_answer)
    );
    show(
        session,
        {.json = answer.text,
         .names = {answer.value.job_id},
         .table = fmt::format(
             "Job {} is {}, a retry of {}\nFollow it: signalbox follow {}\n",
             answer.value.job_id,
             to_word(answer.value.status),
             id,
             short_form(answer.value.job_id)
         )}
    );
    co_return kExitSuccess;
}

Task<Result<int>> explain_job(Session& session, std::string given) {
    SB_CO_TRY(ApiClient* const client, session.client());
    SB_CO_TRY(const std::string id, co_await get_job_id(*client, std::move(given)));
    SB_CO_TRY(
        const auto explanation,
        co_await client->fetch(job_target(id, "/explain"), &contract::decode_explanation)
    );
    show(
        session,
        {.json = explanation.text,
         .names = {id},
         .table = render_explanation(explanation.value, session.terminal())}
    );
    co_return kExitSuccess;
}

OptionSpec id_option(std::string* target) {
    return {"ID", target, "Job, or any unambiguous beginning or end of its id", "", true};
}

}  // namespace

CommandSpec jobs_command() {
    const auto options = std::make_shared<ListOptions>();
    return {
        .name = "jobs",
        .summary = "List your jobs, newest first",
        .examples =
            {
                "signalbox jobs --status RUNNING",
                "signalbox jobs --scenario town --limit 200",
                "signalbox jobs --status QUEUED --all -o name | xargs -n1 signalbox cancel",
            },
        .options =
            {
                {"--status", &options->status, "Only these", "", false, kStatusWords},
                {"--scenario", &options->scenario, "Only those of this name", "NAME"},
                {"--limit", &options->limit, "How many (default 50)", "N"},
                {"--all", &options->all, "All there are"},
            },
        .action = [options](Session& session) { return list_jobs(session, *options); },
    };
}

CommandSpec job_command() {
    const auto options = std::make_shared<JobOptions>();
    return {
        .name = "job",
        .summary = "Show one job: state, attempts, figures",
        .examples =
            {"signalbox job 1a2b3c4d",
             "signalbox job 1a2b3c4d --history",
             "signalbox job 1a2b3c4d -o json"},
        .options =
            {
                id_option(&options->id),
                {"--history", &options->history, "Every change of its state"},
            },
        .action = [options](Session& session) { return show_job(session, *options); },
    };
}

CommandSpec cancel_command() {
    const auto id = std::make_shared<std::string>();
    return {
        .name = "cancel",
        .summary = "Cancel a job",
        .examples = {"signalbox cancel 1a2b3c4d"},
        .options = {id_option(id.get())},
        .action = [id](Session& session) { return cancel_job(session, *id); },
    };
}

CommandSpec retry_command() {
    const auto options = std::make_shared<RetryOptions>();
    return {
        .name = "retry",
        .summary = "Submit a finished job's input again, as a new job",
        .examples = {"signalbox retry 1a2b3c4d"},
        .options =
            {
                id_option(&options->id),
                {"--on-limit",
                 &options->on_limit,
                 "At your limits (default: as your tenant is set)",
                 "",
                 false,
                 {"reject", "queue"}},
            },
        .action = [options](Session& session) { return retry_job(session, *options); },
    };
}

CommandSpec explain_command() {
    const auto id = std::make_shared<std::string>();
    return {
        .name = "explain",
        .summary = "Say why a job waits, or why it ended as it did",
        .examples = {"signalbox explain 1a2b3c4d"},
        .options = {id_option(id.get())},
        .action = [id](Session& session) { return explain_job(session, *id); },
    };
}

}  // namespace signalbox::cli
