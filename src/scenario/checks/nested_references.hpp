// The files that routes and additional files name: includes, and outputs of detectors.
//
// Threads: one at a time.  Suspends: never.  Errors: none.
#pragma once

#include "scenario/options/configuration.hpp"
#include "scenario/xml/xml_check.hpp"

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::scenario {

enum class NestedRole : std::uint8_t {
    kInput,          ///< SUMO stops without it
    kOptionalInput,  ///< SUMO goes on without it
    kOutput,
};

struct NestedReference {
    FileReference reference;  ///< `option` is the element's name
    NestedRole role = NestedRole::kInput;
};

/// Collects them while `file` is read, each name once; paths are relative to its directory.
class NestedReferences {
public:
    /// `configuration` (for the prefix of outputs) must outlive it.
    NestedReferences(std::string_view file, const Configuration& configuration)
        : configuration_(configuration), base_(directory_of(file)) {}

    void restart();

    void element(const XmlElement& element);

    [[nodiscard]] const std::vector<NestedReference>& found() const { return found_; }

    /// False when there were more than are kept.
    [[nodiscard]] bool complete() const { return complete_; }

private:
    void take(std::string_view written, NestedRole role, const XmlElement& element);

    const Configuration& configuration_;
    std::string base_;
    std::vector<NestedReference> found_;
    std::set<std::string, std::less<>> seen_;  ///< role and name
    bool complete_ = true;
};

}  // namespace signalbox::scenario
