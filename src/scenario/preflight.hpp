// The pre-flight: everything that is wrong with a scenario, said before it is queued.
//
// From the zip alone: which configuration runs, whether its options are allowed, whether every file
// it names is there and is well-formed XML. All findings at once. It never refuses what SUMO
// accepts: a doubt is a warning. Within a request the budget cuts the XML checks short; the worker
// checks what is large once more, without one, before the run.
//
// Threads: any (blocking: from a pool in a server).  Suspends: never.
// Errors: those of Archive::open; kInvalid `NO_CONFIGURATION`, `SEVERAL_CONFIGURATIONS` (context
// `config_files`), `CONFIG_NOT_FOUND`. Wrong contents are findings, not errors.
#pragma once

#include "base/error.hpp"
#include "model/finding.hpp"
#include "scenario/archive/archive.hpp"
#include "scenario/simulators.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::scenario {

struct PreflightOptions {
    std::string config_file;               ///< empty: the only one
    std::vector<std::string> args;         ///< already checked (check_args)
    std::optional<double> end;             ///< of the job
    const Simulator* simulator = nullptr;  ///< the one that will run it, if that is known
    ArchiveLimits limits;
    std::chrono::milliseconds max_time{2000};
    std::uint64_t max_xml_bytes = std::uint64_t{200} << 20U;
    std::size_t max_findings = 200;
};

/// No budget: for the worker and the command line.
[[nodiscard]] inline PreflightOptions without_budget(PreflightOptions options) {
    options.max_time = std::chrono::hours(1);
    options.max_xml_bytes = std::numeric_limits<std::uint64_t>::max();
    return options;
}

struct PreflightReport {
    std::string config_file;
    std::vector<std::string> config_files;  ///< all of the archive, sorted
    std::vector<model::Finding> findings;   ///< errors first, by file and line

    [[nodiscard]] bool ok() const { return !model::has_errors(findings); }
};

[[nodiscard]] Result<PreflightReport> check_scenario(
    const std::filesystem::path& zip, const PreflightOptions& options = {}
);

/// One error of all findings, `PREFLIGHT_FAILED`: its sentence counts them and quotes the first;
/// context: `findings` (JSON), `config_file`.
[[nodiscard]] Error to_error(const PreflightReport& report);

/// `[{"file","line","severity","code","message","hint"}]`
[[nodiscard]] std::string findings_json(const std::vector<model::Finding>& findings);

/// Every `.sumocfg` of an archive, sorted.
[[nodiscard]] std::vector<std::string> list_configurations(const ArchiveListing& listing);

/// Every `.sumocfg` below a directory (links are not followed), sorted.
[[nodiscard]] Result<std::vector<std::string>> list_configurations(
    const std::filesystem::path& directory
);

/// The one that runs; see the errors above.
[[nodiscard]] Result<std::string> choose_configuration(
    const std::vector<std::string>& config_files, const std::string& asked
);

}  // namespace signalbox::scenario
