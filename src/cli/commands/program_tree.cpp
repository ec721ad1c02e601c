#include "cli/commands/commands.hpp"

namespace signalbox::cli {

CommandSpec make_program(const std::shared_ptr<Settings>& settings) {
    CommandSpec program{
        .name = "signalbox",
        .summary = "Runs SUMO traffic simulations on a Signalbox server",
        .examples =
            {
                "signalbox check town.zip                     what is wrong with it, offline",
                "signalbox run town.zip --scenario town       submit, follow, verdict, figures",
                "signalbox jobs --status RUNNING              what runs now",
                "signalbox results 1a2b3c4d get --to results  fetch what it wrote",
                "signalbox help run                           all about one command",
                "",
                "The key comes from SIGNALBOX_KEY or from `signalbox login`. Exit codes:",
                "0 success, 1 error, 2 usage, 3 not authenticated or not allowed, 4 not found,",
                "5 limit reached, 6 server not reachable; of a followed job: 10 FAILED,",
                "11 CANCELLED, 12 still running when following ended.",
            },
    };
    program.options = {
        {"--url", &settings->url, "Server; else SIGNALBOX_URL, else http://127.0.0.1:8000", "URL"},
        {"--key", &settings->key, "API key; others may read it here: better SIGNALBOX_KEY", "KEY"},
        {"--context", &settings->context, "Server and key stored by `login`", "NAME"},
        {"--data", &settings->data_directory, "Data of the server here: admin.key is in it", "DIR"},
        {"--ca-file", &settings->ca_file, "Certificates to trust (PEM)", "FILE"},
        {"-o,--output",
         &settings->format,
         "How to show answers (default table)",
         "",
         false,
         {"table", "json", "yaml", "name"}},
        {"--no-color", &settings->no_color, "No colours"},
        {"-q,--quiet", &settings->quiet, "No progress and no notes"},
    };
    program.commands = {
        run_command(),     submit_command(),  follow_command(),  jobs_command(),
        job_command(),     logs_command(),    results_command(), cancel_command(),
        retry_command(),   explain_command(), check_command(),   simulators_command(),
        usage_command(),   login_command(),   context_command(), tenant_command(),
        key_command(),     admin_command(),   doctor_command(),  completion_command(),
        version_command(), help_command(),
    };
    return program;
}

}  // namespace signalbox::cli
