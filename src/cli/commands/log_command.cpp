// signalbox logs: what a run has said, and what it goes on to say.
#include "async/task_group.hpp"
#include "cli/client/event_stream.hpp"
#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/session.hpp"
#include "cli/show/answer.hpp"
#include "cli/show/json_text.hpp"
#include "cli/show/text_width.hpp"
#include "cli/show/time_text.hpp"
#include "contract/job_answers.hpp"
#include "contract/job_contract.hpp"

#include <algorithm>
#include <deque>

#include <fmt/format.h>

namespace signalbox::cli {

namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kMaxLines = 10'000;
constexpr milliseconds kCaughtUpAfter{400};

struct LogOptions {
    std::string id;
    bool follow = false;
    std::optional<std::int64_t> lines;
    std::optional<std::int64_t> attempt;
};

// Prints lines as they come. With a limit, what is there already is held back until the stream
// pauses for the first time: only its last lines are wanted.
class LogPrinter {
public:
    LogPrinter(Session& session, std::optional<std::int64_t> last_lines)
        : session_(session),
          limit_(static_cast<std::size_t>(last_lines.value_or(0))),
          catching_up_(last_lines.has_value()),
          last_line_at_(session.parts().clock.steady()) {}

    void line(std::string text) {
        last_line_at_ = session_.parts().clock.steady();
        if (!catching_up_) {
            print(text);
            return;
        }
        held_.push_back(std::move(text));
        if (held_.size() > limit_) {
            held_.pop_front();
        }
    }

    void flush() {
        catching_up_ = false;
        for (const std::string& text : held_) {
            print(text);
        }
        held_.clear();
    }

    /// Until cancelled, or caught up.
    Task<void> watch_for_pause() {
        while (catching_up_) {
            co_await async::sleep_for(kCaughtUpAfter / 2);
            const auto silence = session_.parts().clock.steady() - last_line_at_;
            if (catching_up_ && silence >= kCaughtUpAfter) {
                flush();
            }
        }
    }

private:
    void print(const std::string& text) {
        Terminal& terminal = session_.terminal();
        // A terminal must not be steered by what a scenario makes SUMO print.
        terminal.print((terminal.out_is_terminal() ? printable_lines(text) : text) + "\n");
    }

    Session& session_;
    std::size_t limit_;
    bool catching_up_;
    SteadyTime last_line_at_;
    std::deque<std::string> held_;
};

model::JobStatus status_of(std::string_view word) {
    if (word == "Succeeded") {
        return model::JobStatus::kSucceeded;
    }
    return word == "Cancelled" ? model::JobStatus::kCancelled : model::JobStatus::kFailed;
}

/// Follows to the closing event; the final state.
Task<Result<model::JobStatus>> follow_log(
    Session& session, ApiClient& client, std::string job_id, std::shared_ptr<LogPrinter> printer
) {
    EventStreamOptions options{.target = job_target(job_id, "/logs/stream")};
    options.backoff.first = session.parts().first_wait;
    options.on_trouble = [&session](const Error& error, milliseconds wait) {
        session.terminal().note(fmt::format(
            "connection lost ({}); trying again in {}", printable(error.message()), wait_text(wait)
        ));
    };
    EventStream stream(client, session.parts().random, std::move(options));
    for (;;) {
        SB_CO_TRY(const auto event, co_await stream.next());
        if (!event) {
            break;
        }
        SB_CO_TRY(const JsonValue value, parse_json(event->data));
        if (const auto word = value.find_text("status")) {
            session.terminal().note(printable(value.find_text("message").value_or("")));
            co_return status_of(*word);
        }
        if (value.find("phase") == nullptr) {
            printer->line(value.find_text("message").value_or(""));
        }
        if (session.terminal().output_error() != 0) {
            co_return model::JobStatus::kRunning;  // nobody reads any more (`| head`)
        }
    }
    SB_CO_TRY(
        const auto job, co_await client.fetch(job_target(job_id), &contract::decode_job_view)
    );
    co_return job.value.status;
}

Task<Result<int>> follow_logs(Session& session, LogOptions options) {
    SB_CO_TRY(ApiClient* const client, session.client());
    Interrupts& interrupts = session.parts().interrupts;
    SB_CO_TRY(const std::string id, co_await get_job_id(*client, options.id));
    SB_CO_OK(interrupts.catch_signals());
    const auto printer = std::make_shared<LogPrinter>(session, options.lines);
    async::TaskGroup helpers(interrupts.executor());
    helpers.spawn("caught up", printer->watch_for_pause());
    const auto outcome =
        co_await run_until_interrupted(interrupts, follow_log(session, *client, id, printer));
    helpers.cancel();
    co_await helpers.join();
    printer->flush();
    if (!outcome) {
        session.terminal().note("left; the job goes on if it was running");
        co_return kExitJobRuns;
    }
    if (!*outcome) {
        const Error& error = outcome->error();
        if (error.word() != kUnreachableWord) {
            co_return fail(error);
        }
        session.terminal().complain("following ended: " + printable(error.message()));
        co_return kExitJobRuns;
    }
    co_return exit_code_of(**outcome);
}

Task<Result<int>> print_logs(Session& session, LogOptions options) {
    SB_CO_TRY(ApiClient* const client, session.client());
    SB_CO_TRY(const std::string id, co_await get_job_id(*client, options.id));
    std::string target = job_target(id, "/logs");
    target += "?lines=" + std::to_string(options.lines.value_or(kMaxLines));
    if (options.attempt) {
        target += "&attempt=" + std::to_string(*options.attempt);
    }
    SB_CO_TRY(const auto log, co_await client->fetch(target, &contract::decode_log_text));
    const bool steer = session.terminal().out_is_terminal();
    std::string text = steer ? printable_lines(log.value.logs) : log.value.logs;
    if (!text.empty() && text.back() != '\n') {
        text.push_back('\n');
    }
    const auto lines = std::ranges::count(text, '\n');
    show(session, {.json = log.text, .names = {id}, .table = std::move(text)});
    if (!options.lines && lines >= kMaxLines) {
        session.terminal().note(fmt::format(
            "the last {} lines; `signalbox logs {} -f` prints all of it", lines, options.id
        ));
    }
    co_return kExitSuccess;
}

Task<Result<int>> show_logs(Session& session, LogOptions options) {
    if (options.lines && (*options.lines < 1 || *options.lines > kMaxLines)) {
        co_return usage_error(
            fmt::format("--lines {} must be between 1 and {}", *options.lines, kMaxLines)
        );
    }
    if (options.follow && options.attempt) {
        co_return usage_error("--attempt and --follow do not go together: a stream has them all");
    }
    if (options.follow && !session.is_table()) {
        co_return usage_error("--follow prints plain lines: -o json, yaml and name go without it");
    }
    co_return options.follow ? co_await follow_logs(session, options)
                             : co_await print_logs(session, options);
}

}  // namespace

CommandSpec logs_command() {
    const auto options = std::make_shared<LogOptions>();
    return {
        .name = "logs",
        .summary = "Print what a job's run has said",
        .examples =
            {
                "signalbox logs 1a2b3c4d --lines 50",
                "signalbox logs 1a2b3c4d -f            follows, ends with the job's exit code",
            },
        .options =
            {
                {"ID", &options->id, "Job, or any unambiguous beginning or end of its id", "", true
                },
                {"-f,--follow", &options->follow, "Go on until the job has ended"},
                {"-n,--lines", &options->lines, "Only the last ones (default 10000)", "N"},
                {"--attempt", &options->attempt, "Of this attempt; default the newest", "N"},
            },
        .action = [options](Session& session) { return show_logs(session, *options); },
    };
}

}  // namespace signalbox::cli
