// Whether an output of a run lands where it may, and where it can.
//
// Threads: one at a time.  Suspends: never.  Errors: none; what is wrong is a finding.
#pragma once

#include "model/finding.hpp"
#include "scenario/checks/file_set.hpp"
#include "scenario/options/configuration.hpp"

#include <optional>
#include <set>
#include <string>

namespace signalbox::scenario {

/// Where an output is named. Folders of the configuration's own outputs are made before the run,
/// those named in additional files are not.
struct OutputPlace {
    bool nested = false;  ///< in a file that the configuration names
    bool surely = true;   ///< SUMO opens it, and stops when it cannot
};

class OutputCheck {
public:
    /// The files must outlive it.
    explicit OutputCheck(const FileSet& files) : files_(files) {}

    /// `from` names the output. Of each missing folder the first output is reported.
    [[nodiscard]] std::optional<model::Finding> check(
        const FileReference& output, const std::string& from, const OutputPlace& place
    );

private:
    const FileSet& files_;
    std::set<std::string, std::less<>> judged_folders_;
};

}  // namespace signalbox::scenario
