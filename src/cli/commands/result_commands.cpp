// signalbox results: list, fetch and delete what a run wrote.
#include "base/ids.hpp"
#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "cli/client/download.hpp"
#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/session.hpp"
#include "cli/show/answer.hpp"
#include "cli/show/progress_bar.hpp"
#include "cli/show/table.hpp"
#include "cli/show/time_text.hpp"
#include "contract/job_answers.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

namespace signalbox::cli {

namespace {

namespace fs = std::filesystem;

using contract::ResultFileView;

struct ResultOptions {
    std::string id;
    std::vector<std::string> paths;
    std::string to = ".";
    bool zip = false;
    bool overwrite = false;
};

std::string render_results(const contract::ResultsView& results, const Terminal& terminal) {
    if (results.files.empty()) {
        return results.message.empty() ? "No files.\n" : printable(results.message) + "\n";
    }
    Table table({
        {.heading = "NAME", .align = Align::kLeft, .narrow = Narrow::kCut},
        {.heading = "SIZE", .align = Align::kRight},
        {.heading = "SHA-256", .align = Align::kLeft, .narrow = Narrow::kDrop},
    });
    for (const ResultFileView& file : results.files) {
        table.add({file.name, format_bytes(file.size_bytes), file.sha256.substr(0, 16)});
    }
    std::string text = table.render(terminal);
    text += results.message.empty() ? "" : printable(results.message) + "\n";
    return text + "Fetch them: signalbox results " + std::string(short_form(results.job_id)) +
           " get --to DIR\n";
}

Task<Result<int>> list_results(Session& session, ResultOptions options) {
    SB_CO_TRY(ApiClient* const client, session.client());
    SB_CO_TRY(const std::string id, co_await get_job_id(*client, options.id));
    SB_CO_TRY(
        const auto results,
        co_await client->fetch(job_target(id, "/results"), &contract::decode_results_view)
    );
    Shown shown{.json = results.text, .names = {}, .table = {}};
    for (const ResultFileView& file : results.value.files) {
        shown.names.push_back(file.name);
    }
    shown.table = render_results(results.value, session.terminal());
    show(session, shown);
    co_return kExitSuccess;
}

/// The files meant: a name, a pattern, or the end of a path. Each must find something.
Result<std::vector<ResultFileView>> select_files(
    const contract::ResultsView& results, const std::vector<std::string>& wanted
) {
    if (wanted.empty()) {
        return results.files;
    }
    std::vector<bool> chosen(results.files.size(), false);
    for (const std::string& path : wanted) {
        bool found = false;
        for (std::size_t i = 0; i < results.files.size(); ++i) {
            const std::string& name = results.files[i].name;
            const bool matches = name == path || name.ends_with("/" + path) ||
                                 fnmatch(path.c_str(), name.c_str(), 0) == 0;
            chosen[i] = chosen[i] || matches;
            found = found || matches;
        }
        if (!found) {
            return fail(
                Code::kNotFound,
                "NO_SUCH_RESULT",
                fmt::format(
                    "job {} has no result file {}; `signalbox results {}` lists its {}",
                    results.job_id,
                    path,
                    short_form(results.job_id),
                    results.files.size()
                )
            );
        }
    }
    std::vector<ResultFileView> files;
    for (std::size_t i = 0; i < results.files.size(); ++i) {
        if (chosen[i]) {
            files.push_back(results.files[i]);
        }
    }
    return files;
}

TransferProgress show_transfer(Terminal& terminal, const std::string& name) {
    return
        [&terminal, what = "fetching " + printable(name)](std::uint64_t done, std::uint64_t total) {
            terminal.show_live(
                total == 0 ? what + "  " + format_bytes(done)
                           : transfer_line(what, done, total, terminal.utf8())
            );
        };
}

std::string fetched_line(const Downloaded& done) {
    std::string line = printable(done.path.string()) + "  " + format_bytes(done.bytes);
    if (done.was_there) {
        line += "  was there already";
    } else if (done.resumed_at > 0) {
        line += "  continued at " + format_bytes(done.resumed_at);
    }
    return line;
}

/// What lies where now.
void show_fetched(Session& session, const std::vector<Downloaded>& files) {
    Shown shown{.json = "[", .names = {}, .table = {}};
    std::uint64_t bytes = 0;
    for (const Downloaded& file : files) {
        shown.json += (shown.names.empty() ? "" : ",");
        shown.json +=
            fmt::format(R"({{"path":{},"size":{}}})", quote_json(file.path.string()), file.bytes);
        shown.names.push_back(file.path.string());
        bytes += file.bytes;
    }
    shown.json += "]";
    shown.table = files.size() == 1 ? fetched_line(files.front()) + "\n"
                                    : counted(static_cast<std::int64_t>(files.size()), "file") +
                                          ", " + format_bytes(bytes) + ", each checked\n";
    show(session, shown);
}

Task<Result<int>> get_zip(Session& session, ApiClient& client, std::string id, std::string to) {
    Terminal& terminal = session.terminal();
    const fs::path destination = fs::path(to) / fmt::format("results-{}.zip", short_form(id));
    SB_CO_TRY(
        const Downloaded done,
        co_await download_stream(
            client,
            job_target(id, "/results.zip"),
            destination,
            show_transfer(terminal, destination.filename().string())
        )
    );
    terminal.clear_live();
    show_fetched(session, {done});
    co_return kExitSuccess;
}

Task<Result<int>> get_results(Session& session, ResultOptions options) {
    SB_CO_TRY(ApiClient* const client, session.client());
    SB_CO_TRY(const std::string id, co_await get_job_id(*client, options.id));
    if (options.zip) {
        co_return co_await get_zip(session, *client, id, options.to);
    }
    SB_CO_TRY(
        const auto results,
        co_await client->fetch(job_target(id, "/results"), &contract::decode_results_view)
    );
    SB_CO_TRY(const auto files, select_files(results.value, options.paths));
    Terminal& terminal = session.terminal();
    if (!results.value.message.empty()) {
        terminal.note(printable(results.value.message));
    }
    if (files.empty()) {
        co_return fail(Code::kNotFound, "NO_RESULTS", "job " + id + " has no result files (yet)");
    }
    SB_CO_OK(make_directories(options.to));
    std::vector<Downloaded> all;
    for (const ResultFileView& file : files) {
        SB_CO_TRY(
            const Downloaded done,
            co_await download_file(
                *client,
                file,
                {.directory = options.to,
                 .overwrite = options.overwrite,
                 .on_progress = show_transfer(terminal, file.name)}
            )
        );
        terminal.clear_live();
        if (files.size() > 1) {
            terminal.note(fetched_line(done));
        }
        all.push_back(done);
    }
    show_fetched(session, all);
    co_return kExitSuccess;
}

Task<Result<int>> delete_results(Session& session, ResultOptions options) {
    SB_CO_TRY(ApiClient* const client, session.client());
    SB_CO_TRY(const std::string id, co_await get_job_id(*client, options.id));
    SB_CO_OK(co_await client->call(
        ApiCall{.method = net::Method::kDelete, .target = job_target(id, "/results")}
    ));
    session.terminal().note("the result files of job " + id + " are gone; figures and log stay");
    co_return kExitSuccess;
}

}  // namespace

CommandSpec results_command() {
    const auto options = std::make_shared<ResultOptions>();
    CommandSpec get{
        .name = "get",
        .summary = "Fetch files: checked, continued where a try broke off",
        .examples =
            {
                "signalbox results 1a2b3c4d get --to results",
                "signalbox results 1a2b3c4d get '*.xml' --to results",
                "signalbox results 1a2b3c4d get --zip",
            },
        .options =
            {
                {"PATH", &options->paths, "Names or patterns; default: all files"},
                {"--to", &options->to, "Directory to write to (default .)", "DIR"},
                {"--zip", &options->zip, "All of it as one zip"},
                {"--overwrite", &options->overwrite, "Replace files that are there and differ"},
            },
        .action = [options](Session& session) { return get_results(session, *options); },
    };
    CommandSpec remove{
        .name = "delete",
        .summary = "Delete the files; the record stays",
        .examples = {"signalbox results 1a2b3c4d delete"},
        .action = [options](Session& session) { return delete_results(session, *options); },
    };
    return {
        .name = "results",
        .summary = "List or fetch what a job's run wrote",
        .examples =
            {
                "signalbox results 1a2b3c4d",
                "signalbox results 1a2b3c4d get --to results",
            },
        .options =
            {
                {"ID", &options->id, "Job, or any unambiguous beginning or end of its id", "", true
                },
            },
        .commands = {std::move(get), std::move(remove)},
        .action = [options](Session& session) { return list_results(session, *options); },
    };
}

}  // namespace signalbox::cli
