// signalbox check: the server's pre-flight, offline.
#include "cli/commands/commands.hpp"
#include "cli/commands/scenario_source.hpp"
#include "cli/exit_code.hpp"
#include "cli/session.hpp"
#include "cli/show/answer.hpp"
#include "cli/show/findings_table.hpp"
#include "cli/show/text_width.hpp"
#include "scenario/options/option_policy.hpp"
#include "scenario/preflight.hpp"

namespace signalbox::cli {

namespace {

struct CheckOptions {
    std::string source;
    std::string config_file;
    std::vector<std::string> args;
    std::optional<double> end;
};

struct Checked {
    ScenarioSource source;
    scenario::PreflightReport report;
};

Result<Checked> check(const CheckOptions& options, const std::stop_token& stop) {
    SB_TRY(ScenarioSource source, open_scenario_source(options.source, options.config_file, stop));
    scenario::PreflightOptions preflight{
        .config_file = source.config_file, .args = {}, .end = options.end
    };
    for (const std::string& arg : options.args) {
        preflight.args.push_back(arg.starts_with('-') ? arg : "--" + arg);
    }
    SB_TRY(preflight.args, scenario::check_args(preflight.args));
    SB_TRY(
        scenario::PreflightReport report,
        scenario::check_scenario(source.zip, scenario::without_budget(std::move(preflight)))
    );
    return Checked{.source = std::move(source), .report = std::move(report)};
}

/// What keeps the archive from being looked at is a finding like others.
std::vector<model::Finding> findings_of_error(const Error& error, const std::string& source) {
    return {
        {.file = source,
         .severity = model::Severity::kError,
         .code = error.word(),
         .message = error.message()}
    };
}

void show_findings(
    Session& session, const std::vector<model::Finding>& findings, const std::string& headline
) {
    Shown shown{.json = scenario::findings_json(findings), .names = {}, .table = {}};
    for (const model::Finding& finding : findings) {
        shown.names.push_back(place_of(finding) + " " + finding.code);
    }
    if (!findings.empty()) {
        shown.table = render_findings(findings, session.terminal()) + "\n";
    }
    shown.table += headline + "\n";
    show(session, shown);
}

Task<Result<int>> check_source(Session& session, CheckOptions options) {
    Interrupts& interrupts = session.parts().interrupts;
    if (must_be_packed(options.source)) {
        // The archive made of it must not stay behind after a Ctrl-C.
        SB_CO_OK(interrupts.catch_signals());
    }
    std::stop_source packing;
    auto outcome = co_await run_until_interrupted(
        interrupts, session.parts().pool.run([options, stop = packing.get_token()] {
            return check(options, stop);
        })
    );
    if (!outcome) {
        packing.request_stop();
        co_return fail(Code::kCancelled, "INTERRUPTED", "stopped before all was looked at");
    }
    const auto& checked = *outcome;
    if (!checked) {
        const Error& error = checked.error();
        if (error.code() == Code::kNotFound || session.is_table()) {
            co_return fail(error);
        }
        show_findings(session, findings_of_error(error, options.source), "");
        co_return kExitError;
    }
    const scenario::PreflightReport& report = checked->report;
    const bool ok = report.ok();
    std::string headline =
        session.terminal().styled(ok ? "OK" : "NOT ACCEPTED", ok ? Style::kGreen : Style::kRed);
    headline += ": " + printable(report.config_file) + ", " + count_findings(report.findings);
    show_findings(session, report.findings, headline);
    co_return ok ? kExitSuccess : kExitError;
}

}  // namespace

CommandSpec check_command() {
    const auto options = std::make_shared<CheckOptions>();
    return {
        .name = "check",
        .summary = "Say what is wrong with a scenario, without a server",
        .examples =
            {
                "signalbox check town.zip",
                "signalbox check town/rush.sumocfg",
                "signalbox check town.zip -o json    the findings as a list",
            },
        .options =
            {
                {"SOURCE", &options->source, "Zip, directory or .sumocfg", "", true},
                {"--config", &options->config_file, "Which .sumocfg, when there are several", "FILE"
                },
                {"--end", &options->end, "End in simulated seconds (default: as configured)", "T"},
                {"--arg",
                 &options->args,
                 "Further SUMO option, as for run; repeatable",
                 "NAME=VALUE"},
            },
        .action = [options](Session& session) { return check_source(session, *options); },
    };
}

}  // namespace signalbox::cli
