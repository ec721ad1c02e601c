// Follows a configuration to every file it needs, and judges each on the way.
//
// The walk starts at the configuration's options, reads each XML input once, in SUMO's order, and
// goes on with what routes and additional files name themselves (`<include href>`, rerouters, speed
// signs). Outputs named there are judged too: SUMO writes them beside the naming file and makes no
// folders. On the way DemandCheck hears every element.
//
// Threads: any (blocking reads).  Suspends: never.  Errors: none; what is wrong is a finding.
#pragma once

#include "base/clock.hpp"
#include "model/finding.hpp"
#include "scenario/checks/file_set.hpp"
#include "scenario/options/configuration.hpp"
#include "scenario/xml/xml_check.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace signalbox::scenario {

struct WalkOptions {
    XmlBudget budget;
    std::filesystem::path simulator_home;  ///< files below it may be named; empty: none
};

struct WalkReport {
    std::vector<std::string> files;  ///< inputs that are there, each once, as they were found
    std::vector<FileReference> missing;
    std::vector<FileReference> outside;  ///< named by an absolute path, or beyond the root
    std::vector<model::Finding> findings;
    bool complete = true;  ///< every file was read to its end
};

/// `configuration` with the arguments laid over it (with_args).
[[nodiscard]] WalkReport walk_inputs(
    const FileSet& files, const Configuration& configuration, const WalkOptions& options
);

}  // namespace signalbox::scenario
