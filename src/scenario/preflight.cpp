#include "scenario/preflight.hpp"

#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "scenario/archive/archive_names.hpp"
#include "scenario/checks/file_set.hpp"
#include "scenario/checks/input_walk.hpp"
#include "scenario/options/configuration.hpp"
#include "scenario/options/option_policy.hpp"
#include "scenario/xml/xml_check.hpp"

#include <algorithm>
#include <system_error>
#include <tuple>
#include <utility>

namespace signalbox::scenario {

namespace {

namespace fs = std::filesystem;
using model::Finding;
using model::Severity;

constexpr std::size_t kMaxConfigurationBytes = std::size_t{1} << 20U;
constexpr std::size_t kMaxListed = 1000;

Finding finding_of(const Configuration& configuration, std::string_view option, Finding finding) {
    const OptionSetting* setting = configuration.find(option);
    finding.file = configuration.file;
    finding.line = setting != nullptr ? setting->line : 0;
    return finding;
}

/// What the configuration says as a whole: a network, and an end behind the beginning.
void check_run(const Configuration& configuration, std::vector<Finding>& findings) {
    if (trim(configuration.value_of("net-file")).empty()) {
        findings.push_back(finding_of(
            configuration,
            "net-file",
            {.file = {},
             .severity = Severity::kError,
             .code = "NO_NETWORK",
             .message = "the configuration names no network",
             .hint = "add <net-file value=\"….net.xml\"/>"}
        ));
    }
    if (trim(configuration.value_of("route-files")).empty() &&
        trim(configuration.value_of("additional-files")).empty() &&
        trim(configuration.value_of("load-state")).empty()) {
        findings.push_back(finding_of(
            configuration,
            "route-files",
            {.file = {},
             .severity = Severity::kWarning,
             .code = "NO_DEMAND",
             .message = "the configuration names no routes: no vehicle will drive",
             .hint = "add <route-files value=\"….rou.xml\"/>"}
        ));
    }
    // -1 is SUMO's word for "until the last vehicle has arrived".
    const auto end = parse_time(configuration.value_of("end"));
    const double begin = begin_of(configuration);
    if (end && *end != -1 && *end < begin) {
        findings.push_back(finding_of(
            configuration,
            "end",
            {.file = {},
             .severity = Severity::kError,
             .code = "END_BEFORE_BEGIN",
             .message = "the end (" + std::string(trim(configuration.value_of("end"))) +
                        ") is before the begin (" +
                        (configuration.find("begin") != nullptr
                             ? std::string(trim(configuration.value_of("begin")))
                             : "0") +
                        ")",
             .hint = {}}
        ));
    }
}

void sort_and_cut(std::vector<Finding>& findings, std::size_t max_findings) {
    std::ranges::sort(findings, {}, [](const Finding& finding) {
        return std::tie(
            finding.severity, finding.file, finding.line, finding.code, finding.message
        );
    });
    if (findings.size() <= max_findings) {
        return;
    }
    const std::size_t left_out = findings.size() - max_findings;
    findings.resize(max_findings);
    findings.push_back(
        {.file = {},
         .severity = Severity::kWarning,
         .code = "MORE_FINDINGS",
         .message = std::to_string(left_out) +
                    " more findings are not shown (max: " + std::to_string(max_findings) + ")",
         .hint = "mend these first"}
    );
}

std::vector<std::string> args_of(const PreflightOptions& options) {
    std::vector<std::string> args = options.args;
    if (options.end) {
        args.push_back("--end=" + std::to_string(*options.end));
    }
    return args;
}

/// Everything but finding the configuration.
void check_files(
    const FileSet& files,
    const std::string& config_text,
    const PreflightOptions& options,
    PreflightReport& report
) {
    const auto parsed = parse_configuration(config_text, report.config_file);
    if (!parsed) {
        const bool html = begins_like_html(config_text);
        Finding broken{
            .file = report.config_file,
            .severity = Severity::kError,
            .code = html ? "HTML_FILE" : parsed.error().word(),
            .message = html ? "the configuration is a web page" : parsed.error().message(),
            .hint = html ? "download the file itself (on GitHub: 'Raw')" : ""
        };
        for (const auto& [key, value] : parsed.error().context()) {
            if (key == "line" && std::holds_alternative<std::int64_t>(value)) {
                broken.line = std::get<std::int64_t>(value);
            }
        }
        report.findings.push_back(std::move(broken));
        return;
    }
    report.findings = check_options(*parsed, options.simulator);
    const Configuration configuration = with_args(*parsed, args_of(options));
    check_run(configuration, report.findings);

    const WalkOptions walk{
        .budget =
            {.bytes = options.max_xml_bytes,
             .until = std::chrono::steady_clock::now() + options.max_time},
        .simulator_home = options.simulator != nullptr ? options.simulator->home : fs::path()
    };
    WalkReport walked = walk_inputs(files, configuration, walk);
    std::ranges::move(walked.findings, std::back_inserter(report.findings));
    sort_and_cut(report.findings, options.max_findings);
}

bool is_configuration(std::string_view name) {
    return to_lower(name).ends_with(".sumocfg");
}

/// The first few of a list, for a sentence.
std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t kShown = 20;
    std::vector<std::string> shown;
    for (const std::string& name : names) {
        if (shown.size() == kShown) {
            shown.push_back("… (" + std::to_string(names.size()) + " in all)");
            break;
        }
        shown.push_back(printable(name));
    }
    return join(shown, ", ");
}

/// `sentence` ends where the list of what there is begins.
Failure refuse_choice(
    std::string word, const std::string& sentence, const std::vector<std::string>& config_files
) {
    JsonWriter json;
    json.begin_array();
    for (const std::string& file : config_files) {
        json.text(file);
    }
    return fail(Error(Code::kInvalid, std::move(word), sentence + listed(config_files))
                    .with("config_files", JsonText{json.end_array().take()}));
}

}  // namespace

Result<PreflightReport> check_scenario(
    const std::filesystem::path& zip, const PreflightOptions& options
) {
    SB_TRY(const Archive archive, Archive::open(zip, options.limits));
    PreflightReport report;
    report.config_files = list_configurations(archive.listing());
    SB_TRY(report.config_file, choose_configuration(report.config_files, options.config_file));
    SB_TRY(const std::string text, archive.read_entry(report.config_file, kMaxConfigurationBytes));
    check_files(ArchiveFiles(archive), text, options, report);
    return report;
}

Error to_error(const PreflightReport& report) {
    std::size_t errors = 0;
    const Finding* first = nullptr;
    for (const Finding& finding : report.findings) {
        if (finding.severity == Severity::kError) {
            first = errors++ == 0 ? &finding : first;
        }
    }
    std::string sentence =
        "The scenario has " + std::to_string(errors) + (errors == 1 ? " error" : " errors");
    if (first != nullptr) {
        sentence += ": " + first->file;
        sentence += first->line > 0 ? ", line " + std::to_string(first->line) : std::string();
        sentence += ": " + first->message;
    }
    return Error(Code::kInvalid, "PREFLIGHT_FAILED", sentence)
        .with("config_file", report.config_file)
        .with("findings", JsonText{findings_json(report.findings)});
}

std::string findings_json(const std::vector<model::Finding>& findings) {
    JsonWriter json;
    json.begin_array();
    for (const Finding& finding : findings) {
        json.begin_object().key("file").text(finding.file).key("line").number(finding.line);
        json.key("severity").text(finding.severity == Severity::kError ? "error" : "warning");
        json.key("code").text(finding.code).key("message").text(finding.message);
        json.key("hint").text(finding.hint).end_object();
    }
    return json.end_array().take();
}

std::vector<std::string> list_configurations(const ArchiveListing& listing) {
    std::vector<std::string> found;
    for (const ArchiveEntry& file : listing.files) {
        if (is_configuration(file.name)) {
            found.push_back(file.name);
        }
    }
    return found;
}

Result<std::vector<std::string>> list_configurations(const std::filesystem::path& directory) {
    std::vector<std::string> found;
    std::error_code failed;
    for (fs::recursive_directory_iterator at(directory, failed), end; !failed && at != end;
         at.increment(failed)) {
        std::error_code ignored;
        if (is_configuration(at->path().filename().string()) && at->is_regular_file(ignored) &&
            found.size() < kMaxListed) {
            found.push_back(at->path().lexically_relative(directory).generic_string());
        }
    }
    if (failed) {
        return fail(system_error(failed.value(), "reading " + directory.string()));
    }
    std::ranges::sort(found);
    return found;
}

Result<std::string> choose_configuration(
    const std::vector<std::string>& config_files, const std::string& asked
) {
    if (config_files.empty()) {
        return fail(Code::kInvalid, "NO_CONFIGURATION", "No .sumocfg file found in zip");
    }
    if (asked.empty()) {
        if (config_files.size() == 1) {
            return config_files.front();
        }
        return refuse_choice(
            "SEVERAL_CONFIGURATIONS",
            "The zip holds " + std::to_string(config_files.size()) +
                " configurations; choose one by config_file: ",
            config_files
        );
    }
    const std::string wanted = resolve_path({}, asked).path;
    if (std::ranges::find(config_files, wanted) != config_files.end()) {
        return wanted;
    }
    std::vector<std::string> matching;
    for (const std::string& file : config_files) {
        if (file.ends_with("/" + wanted)) {
            matching.push_back(file);
        }
    }
    if (matching.size() == 1) {
        return matching.front();
    }
    return refuse_choice(
        "CONFIG_NOT_FOUND",
        "There is no configuration '" + printable(asked) + "' in the zip; it holds ",
        config_files
    );
}

}  // namespace signalbox::scenario
