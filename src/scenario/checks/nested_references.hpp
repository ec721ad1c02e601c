// The files that routes and additional files name: includes, and outputs of detectors.
//
// Threads: one at a time.  Suspends: never.  Errors: none.
#pragma once

#include "scenario/options/configuration.hpp"
#include "scenario/xml/xml_check.hpp"

#include <cstdint>
#include <functional>
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

/// Collects them while check_xml reads `file`; paths are relative to its directory.
class NestedReferences final : public XmlVisitor {
public:
    explicit NestedReferences(std::string_view file) : base_(directory_of(file)) {}

    void restart() override { found_.clear(); }

    void element(
        std::string_view name,
        const XmlAttributes& attributes,
        const std::function<std::int64_t()>& line
    ) override;

    [[nodiscard]] const std::vector<NestedReference>& found() const { return found_; }

private:
    std::string base_;
    std::vector<NestedReference> found_;
};

}  // namespace signalbox::scenario
