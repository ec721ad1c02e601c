#include "scenario/checks/nested_references.hpp"

#include "base/text.hpp"

#include <algorithm>
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

/// Devices of a vehicle, detectors of a traffic light: `<param key="…" value="…"/>`.
constexpr std::array<std::string_view, 2> kOutputParameters{"device.ssm.file", "device.toc.file"};

}  // namespace

void NestedReferences::restart() {
    found_.clear();
    seen_.clear();
    complete_ = true;
}

void NestedReferences::element(const XmlElement& element) {
    if (element.name == "param") {
        if (std::ranges::find(kOutputParameters, element.attributes.get("key")) !=
            kOutputParameters.end()) {
            take(element.attributes.get("value"), NestedRole::kOutput, element);
        }
        return;
    }
    for (const NamingElement& naming : kNamingElements) {
        if (naming.element == element.name) {
            take(element.attributes.get(naming.attribute), naming.role, element);
        }
    }
}

void NestedReferences::take(std::string_view written, NestedRole role, const XmlElement& element) {
    written = trim(written);
    std::string key = std::to_string(static_cast<int>(role)) + std::string(written);
    if (written.empty() || seen_.contains(key)) {
        return;
    }
    if (found_.size() == kMaxReferences) {
        complete_ = false;
        return;
    }
    seen_.insert(std::move(key));
    found_.push_back(
        {.reference = role == NestedRole::kOutput ? resolve_output(configuration_, base_, written)
                                                  : resolve_path(base_, written),
         .role = role}
    );
    found_.back().reference.option = element.name;
    found_.back().reference.line = element.line();
}

}  // namespace signalbox::scenario
