#include "scenario/checks/nested_references.hpp"

#include "base/text.hpp"

#include <array>

namespace signalbox::scenario {

namespace {

constexpr std::size_t kMaxReferences = 10'000;

struct NamingElement {
    std::string_view element;
    std::string_view attribute;
    NestedRole role;
};

constexpr std::array<NamingElement, 17> kNamingElements{{
    {.element = "include", .attribute = "href", .role = NestedRole::kInput},
    {.element = "variableSpeedSign", .attribute = "file", .role = NestedRole::kInput},
    {.element = "rerouter", .attribute = "file", .role = NestedRole::kOptionalInput},
    {.element = "calibrator", .attribute = "file", .role = NestedRole::kOptionalInput},
    {.element = "calibrator", .attribute = "output", .role = NestedRole::kOutput},
    {.element = "e1Detector", .attribute = "file", .role = NestedRole::kOutput},
    {.element = "inductionLoop", .attribute = "file", .role = NestedRole::kOutput},
    {.element = "instantInductionLoop", .attribute = "file", .role = NestedRole::kOutput},
    {.element = "laneAreaDetector", .attribute = "file", .role = NestedRole::kOutput},
    {.element = "e2Detector", .attribute = "file", .role = NestedRole::kOutput},
    {.element = "e3Detector", .attribute = "file", .role = NestedRole::kOutput},
    {.element = "entryExitDetector", .attribute = "file", .role = NestedRole::kOutput},
    {.element = "edgeData", .attribute = "file", .role = NestedRole::kOutput},
    {.element = "laneData", .attribute = "file", .role = NestedRole::kOutput},
    {.element = "vTypeProbe", .attribute = "file", .role = NestedRole::kOutput},
    {.element = "routeProbe", .attribute = "file", .role = NestedRole::kOutput},
    {.element = "timedEvent", .attribute = "dest", .role = NestedRole::kOutput},
}};

}  // namespace

void NestedReferences::element(
    std::string_view name,
    const XmlAttributes& attributes,
    const std::function<std::int64_t()>& line
) {
    for (const NamingElement& naming : kNamingElements) {
        if (naming.element != name) {
            continue;
        }
        const std::string_view value = trim(attributes.get(naming.attribute));
        if (!value.empty() && found_.size() < kMaxReferences) {
            found_.push_back({.reference = resolve_path(base_, value), .role = naming.role});
            found_.back().reference.option = name;
            found_.back().reference.line = line();
        }
    }
}

}  // namespace signalbox::scenario
