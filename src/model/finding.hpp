// One thing that is wrong, or odd, with a scenario, and where.
//
// Threads: any (values).  Suspends: never.  Errors: none.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace signalbox::model {

enum class Severity : std::uint8_t {
    kError,    ///< SUMO would refuse it: the scenario is refused
    kWarning,  ///< it may be meant so: kept with the job
};

struct Finding {
    std::string file;       ///< name within the scenario; empty: the archive as a whole
    std::int64_t line = 0;  ///< from 1; 0: no line
    Severity severity = Severity::kError;
    std::string code;     ///< machine word: MISSING_FILE, XML_SYNTAX, …
    std::string message;  ///< one sentence with the offending value
    std::string hint;     ///< what to do; may be empty

    bool operator==(const Finding&) const = default;
};

[[nodiscard]] inline bool has_errors(const std::vector<Finding>& findings) {
    for (const Finding& finding : findings) {
        if (finding.severity == Severity::kError) {
            return true;
        }
    }
    return false;
}

}  // namespace signalbox::model
