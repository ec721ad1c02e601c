// Findings of pre-flight and scenarios stored under a name, as JSON.
//
// Threads: any.  Suspends: never.
// Errors: decoding: kInvalid for malformed JSON, kUnprocessable naming the field of a wrong type.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "model/finding.hpp"
#include "model/job.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::contract {

/// `[{"file","line","severity","code","message","hint"}]`
[[nodiscard]] Result<std::vector<model::Finding>> decode_findings(std::string_view text);

struct StoredScenarioView {
    std::string scenario_id;
    model::ScenarioRef ref;
    std::vector<std::string> config_files;
    std::vector<model::Finding> warnings;
    Instant stored_at;

    bool operator==(const StoredScenarioView&) const = default;
};

struct ScenariosPage {
    std::vector<StoredScenarioView> scenarios;
    std::optional<std::string> next_cursor;

    bool operator==(const ScenariosPage&) const = default;
};

[[nodiscard]] std::string encode(const StoredScenarioView& scenario);
[[nodiscard]] std::string encode(const ScenariosPage& page);
[[nodiscard]] Result<StoredScenarioView> decode_stored_scenario(std::string_view text);
[[nodiscard]] Result<ScenariosPage> decode_scenarios_page(std::string_view text);

}  // namespace signalbox::contract
