#include "contract/scenario_contract.hpp"

#include "contract/model_fields.hpp"

namespace signalbox::contract {

template <>
struct Fields<StoredScenarioView> {
    static void list(auto& f, auto& v) {
        f("scenario_id", v.scenario_id);
        f("sha256", v.ref.sha256);
        f("size", v.ref.size_bytes);
        f("config_files", v.config_files);
        f("warnings", v.warnings);
        f("stored_at", v.stored_at);
    }
};

template <>
struct Fields<ScenariosPage> {
    static void list(auto& f, auto& v) {
        f("scenarios", v.scenarios);
        f("next_cursor", v.next_cursor);
    }
};

Result<std::vector<model::Finding>> decode_findings(std::string_view text) {
    return decode_fields<std::vector<model::Finding>>(text);
}

std::string encode(const StoredScenarioView& scenario) {
    return encode_fields(scenario);
}

std::string encode(const ScenariosPage& page) {
    return encode_fields(page);
}

Result<StoredScenarioView> decode_stored_scenario(std::string_view text) {
    return decode_fields<StoredScenarioView>(text);
}

Result<ScenariosPage> decode_scenarios_page(std::string_view text) {
    return decode_fields<ScenariosPage>(text);
}

}  // namespace signalbox::contract
