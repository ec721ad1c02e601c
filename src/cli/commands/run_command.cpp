// signalbox run, submit, follow: a scenario from the disk to its verdict.
#include "base/ids.hpp"
#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "cli/client/upload.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/job_follower.hpp"
#include "cli/commands/scenario_source.hpp"
#include "cli/exit_code.hpp"
#include "cli/show/answer.hpp"
#include "cli/show/findings_table.hpp"
#include "cli/show/job_view.hpp"
#include "cli/show/progress_bar.hpp"
#include "cli/show/text_width.hpp"
#include "cli/show/time_text.hpp"

#include <fmt/format.h>

namespace signalbox::cli {

namespace {

constexpr std::size_t kIdempotencyKeyLength = 32;
constexpr std::size_t kMaxScenarioName = 100;

struct RunOptions {
    std::string source;
    std::string scenario;
    std::string config_file;
    std::string sumo_version;
    std::string on_limit;
    std::string callback_url;
    std::string idempotency_key;
    std::optional<std::int64_t> seed;
    std::optional<double> end;
    std::optional<std::int64_t> cpu;
    std::optional<std::int64_t> memory;
    std::optional<std::int64_t> priority;
    std::optional<std::chrono::seconds> timeout;
    std::vector<std::string> args;
    bool detach = false;
};

std::vector<OptionSpec> option_specs(RunOptions& options) {
    return {
        {"SOURCE", &options.source, "Zip, directory or .sumocfg", "", true},
        {"-s,--scenario", &options.scenario, "Your name for it; default: that of the file", "NAME"},
        {"--config", &options.config_file, "Which .sumocfg, when there are several", "FILE"},
        {"--seed", &options.seed, "SUMO's random seed (default: as configured)", "N"},
        {"--end", &options.end, "End in simulated seconds (default: as configured)", "T"},
        {"--sumo-version",
         &options.sumo_version,
         "One of `signalbox simulators` (default: the server's)",
         "V"},
        {"--arg", &options.args, "Further SUMO option, without its dashes; repeatable", "NAME=VALUE"
        },
        {"--cpu", &options.cpu, "Cores (default 1)", "N"},
        {"--memory", &options.memory, "Memory in GiB (default 1)", "N"},
        {"--priority", &options.priority, "0-9 among your jobs, higher first (default 5)", "N"},
        {"--timeout", &options.timeout, "Limit of the run: 90, 30m, 2h (default 24h)", "TIME"},
        {"--on-limit",
         &options.on_limit,
         "At your limits (default: as your tenant is set)",
         "",
         false,
         {"reject", "queue"}},
        {"--callback-url",
         &options.callback_url,
         "Signed POST on state changes, if the server does that",
         "URL"},
        {"--idempotency-key",
         &options.idempotency_key,
         "Same key, same job: for repeated tries (default new)",
         "KEY"},
    };
}

/// The server takes long names with their dashes.
std::string args_json(const std::vector<std::string>& args) {
    std::string json = "[";
    for (const std::string& arg : args) {
        json += json.size() > 1 ? "," : "";
        json += quote_json(arg.starts_with('-') ? arg : "--" + arg);
    }
    return json + "]";
}

std::vector<std::pair<std::string, std::string>> fields_of(
    const RunOptions& options, const ScenarioSource& source
) {
    std::vector<std::pair<std::string, std::string>> fields;
    const auto add = [&fields](std::string name, std::string value) {
        if (!value.empty()) {
            fields.emplace_back(std::move(name), std::move(value));
        }
    };
    const auto add_number = [&add](std::string name, const std::optional<std::int64_t>& value) {
        add(std::move(name), value ? std::to_string(*value) : "");
    };
    add("scenario_id", options.scenario.empty() ? source.default_name : options.scenario);
    add("config_file", source.config_file);
    add("sumo_version", options.sumo_version);
    add("on_limit", options.on_limit);
    add("callback_url", options.callback_url);
    add_number("seed", options.seed);
    add_number("cpu_request", options.cpu);
    add_number("memory_gi", options.memory);
    add_number("priority", options.priority);
    add("end", options.end ? fmt::format("{}", *options.end) : "");
    add("timeout_seconds", options.timeout ? std::to_string(options.timeout->count()) : "");
    add("args", options.args.empty() ? "" : args_json(options.args));
    return fields;
}

Result<void> check_options(const RunOptions& options) {
    const std::size_t length = count_code_points(to_valid_utf8(options.scenario));
    if (length > kMaxScenarioName) {
        return usage_error(fmt::format(
            "the scenario's name has {} characters; at most {}", length, kMaxScenarioName
        ));
    }
    return {};
}

void say_source(const ScenarioSource& source, Terminal& terminal) {
    if (!source.packed) {
        return;
    }
    terminal.note(fmt::format(
        "packed {} for {}, {}",
        counted(static_cast<std::int64_t>(source.files), "file"),
        source.config_file,
        format_bytes(source.bytes)
    ));
    for (const std::string& file : source.missing) {
        terminal.note(
            "  " + terminal.styled_note("missing:", Style::kYellow) + " " + printable(file)
        );
    }
}

using SubmitAnswer = Answer<contract::SubmitAnswer>;

Submission make_submission(
    Session& session, const RunOptions& options, const ScenarioSource& source
) {
    Terminal& terminal = session.terminal();
    Submission submission{
        .fields = fields_of(options, source),
        .zip = source.zip,
        .file_name = source.file_name,
        .idempotency_key = options.idempotency_key,
        .first_wait = session.parts().first_wait
    };
    if (submission.idempotency_key.empty()) {
        submission.idempotency_key = session.parts().random.alphanumerics(kIdempotencyKeyLength);
    }
    const std::string what = "uploading " + printable(source.file_name);
    submission.on_progress = [&terminal, what](std::uint64_t sent, std::uint64_t total) {
        const bool complete = sent == total;
        terminal.show_live(
            complete ? what + "  sent; the server checks it"
                     : transfer_line(what, sent, total, terminal.utf8())
        );
    };
    submission.on_trouble = [&terminal](const Error& error, std::chrono::milliseconds wait) {
        terminal.note(fmt::format(
            "the upload was cut off ({}); sent again in {}: the server takes it once",
            printable(error.message()),
            wait_text(wait)
        ));
    };
    return submission;
}

Task<Result<SubmitAnswer>> submit(Session& session, RunOptions options) {
    SB_CO_OK(check_options(options));
    SB_CO_TRY(ApiClient* const client, session.client());
    Interrupts& interrupts = session.parts().interrupts;
    SB_CO_OK(interrupts.catch_signals());
    std::stop_source packing;
    auto opened = co_await run_until_interrupted(
        interrupts,
        session.parts().pool.run(
            [file = options.source, config = options.config_file, stop = packing.get_token()] {
                return open_scenario_source(file, config, stop);
            }
        )
    );
    if (!opened) {
        packing.request_stop();
        co_return fail(Code::kCancelled, "INTERRUPTED", "stopped; nothing was sent");
    }
    SB_CO_TRY(const ScenarioSource source, std::move(*opened));
    say_source(source, session.terminal());
    auto answer = co_await run_until_interrupted(
        interrupts,
        submit_scenario(*client, session.parts().random, make_submission(session, options, source))
    );
    session.terminal().clear_live();
    if (!answer) {
        co_return fail(
            Code::kCancelled,
            "INTERRUPTED",
            "the upload was stopped before the server had answered; should it have arrived whole "
            "nevertheless, `signalbox jobs` shows the job"
        );
    }
    if (*answer) {
        complain_findings((*answer)->value.warnings, session.terminal());
    }
    co_return *std::move(answer);
}

void show_submitted(Session& session, const SubmitAnswer& answer) {
    const std::string id(short_form(answer.value.job_id));
    show(
        session,
        {.json = answer.text,
         .names = {answer.value.job_id},
         .table = fmt::format(
             "Job {} is {}\nFollow it: signalbox follow {}\n",
             answer.value.job_id,
             to_word(answer.value.status),
             id
         )}
    );
}

enum class Leave : std::uint8_t { kJobRuns, kCancelJob };

/// After Ctrl-C: is the job to be cancelled? Leaving it running is the default.
Task<Leave> ask_what_to_do(Session& session) {
    Interrupts& interrupts = session.parts().interrupts;
    if (!session.terminal().can_ask() || interrupts.must_end()) {
        co_return Leave::kJobRuns;
    }
    const auto answer = co_await run_until_interrupted(
        interrupts,
        session.terminal().ask("Cancel the job? It goes on running otherwise. [c]ancel, [L]eave:")
    );
    if (!answer) {
        session.terminal().complain("");  // ends the line of the question
    }
    const std::string word = answer && *answer ? to_lower(trim(**answer)) : "";
    const bool cancel = word == "c" || word == "cancel" || word == "y" || word == "yes";
    co_return cancel ? Leave::kCancelJob : Leave::kJobRuns;
}

Task<Result<void>> cancel_followed(Session& session, ApiClient& client, std::string job_id) {
    ApiCall call{.method = net::Method::kPost, .target = job_target(job_id, "/cancel")};
    const auto answer =
        co_await run_until_interrupted(session.parts().interrupts, client.call(std::move(call)));
    if (!answer) {
        co_return fail(
            Code::kCancelled,
            "INTERRUPTED",
            "stopped before the server had answered; `signalbox job " +
                std::string(short_form(job_id)) + "` says whether the job is being cancelled"
        );
    }
    // Over already: the verdict will say how.
    if (!*answer && answer->error().code() != Code::kConflict) {
        co_return fail(answer->error());
    }
    co_return Result<void>();
}

int leave_running(Session& session, const std::string& job_id, const std::string& why) {
    const std::string id(short_form(job_id));
    session.terminal().complain(why + "; job " + job_id + " goes on");
    session.terminal().note(
        "follow it again: signalbox follow " + id + "   end it: signalbox cancel " + id
    );
    return kExitJobRuns;
}

/// Follows until the verdict is in; nothing when the job was left running.
Task<Result<std::optional<model::JobStatus>>> follow_with_questions(
    Session& session, ApiClient& client, std::string job_id
) {
    Interrupts& interrupts = session.parts().interrupts;
    for (;;) {
        JobFollower follower(session, client, job_id);
        auto outcome = co_await run_until_interrupted(interrupts, follower.follow());
        co_await follower.stop();
        if (outcome) {
            SB_CO_TRY(const model::JobStatus status, std::move(*outcome));
            co_return status;
        }
        if (co_await ask_what_to_do(session) == Leave::kJobRuns) {
            co_return std::nullopt;
        }
        session.terminal().note("cancelling; the verdict follows");
        SB_CO_OK(co_await cancel_followed(session, client, job_id));
    }
}

Task<Result<int>> follow_to_verdict(Session& session, ApiClient& client, std::string job_id) {
    SB_CO_OK(session.parts().interrupts.catch_signals());
    const auto status = co_await follow_with_questions(session, client, job_id);
    if (!status) {
        const Error& error = status.error();
        const bool answered = error.word() != kUnreachableWord;
        if (answered) {
            co_return fail(error);
        }
        co_return leave_running(session, job_id, "following ended: " + printable(error.message()));
    }
    if (!*status) {
        co_return leave_running(session, job_id, "left");
    }
    SB_CO_TRY(
        const auto job, co_await client.fetch(job_target(job_id), &contract::decode_job_view)
    );
    show(
        session,
        {.json = job.text,
         .names = {job.value.job_id},
         .table = render_verdict(job.value, session.now(), session.terminal())}
    );
    co_return exit_code_of(job.value.status);
}

Task<Result<int>> run_scenario(Session& session, RunOptions options) {
    const bool detach = options.detach;
    SB_CO_TRY(const SubmitAnswer answer, co_await submit(session, std::move(options)));
    if (detach) {
        show_submitted(session, answer);
        co_return kExitSuccess;
    }
    session.terminal().note(
        "job " + answer.value.job_id + ", " + printable(answer.value.config_file)
    );
    SB_CO_TRY(ApiClient* const client, session.client());
    co_return co_await follow_to_verdict(session, *client, answer.value.job_id);
}

Task<Result<int>> follow_job(Session& session, std::string id) {
    SB_CO_TRY(ApiClient* const client, session.client());
    SB_CO_TRY(std::string job_id, co_await get_job_id(*client, std::move(id)));
    co_return co_await follow_to_verdict(session, *client, std::move(job_id));
}

}  // namespace

CommandSpec run_command() {
    const auto options = std::make_shared<RunOptions>();
    CommandSpec command{
        .name = "run",
        .summary = "Submit a scenario, follow it, show its verdict",
        .examples =
            {
                "signalbox run town.zip --scenario town",
                "signalbox run town/ --seed 42 --end 3600    only what it needs is sent",
                "signalbox run town/rush.sumocfg --arg max-depart-delay=60 --on-limit queue",
                "signalbox run town.zip --detach -o name     only the job's id",
                "",
                "Ctrl-C asks whether to cancel the job or to leave it running.",
            },
        .options = option_specs(*options),
    };
    command.options.push_back({"-d,--detach", &options->detach, "Submit and return at once"});
    command.action = [options](Session& session) { return run_scenario(session, *options); };
    return command;
}

CommandSpec submit_command() {
    const auto options = std::make_shared<RunOptions>();
    options->detach = true;
    return {
        .name = "submit",
        .summary = "Submit a scenario and return at once",
        .examples =
            {
                "signalbox submit town.zip --scenario town",
                "id=$(signalbox submit town.zip -o name) && signalbox follow $id",
            },
        .options = option_specs(*options),
        .action = [options](Session& session) { return run_scenario(session, *options); },
    };
}

CommandSpec follow_command() {
    const auto id = std::make_shared<std::string>();
    return {
        .name = "follow",
        .summary = "Follow a job to its verdict, as run does",
        .examples = {"signalbox follow 1a2b3c4d"},
        .options = {{"ID", id.get(), "Job, or any unambiguous beginning or end of its id", "", true}
        },
        .action = [id](Session& session) { return follow_job(session, *id); },
    };
}

}  // namespace signalbox::cli
