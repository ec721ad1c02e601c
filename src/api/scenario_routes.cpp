// Scenarios a tenant stores under a name, to be run again and again.
#include "api/handlers.hpp"
#include "api/request_reading.hpp"
#include "api/responses.hpp"
#include "api/upload.hpp"
#include "contract/scenario_contract.hpp"

#include <array>
#include <utility>

namespace signalbox::api {

namespace {

constexpr contract::PageRule kScenarioPages{
    .default_limit = 50, .max_limit = 200, .kind = "scenarios"
};

contract::StoredScenarioView view_of(store::StoredScenario scenario) {
    return {
        .scenario_id = std::move(scenario.scenario_id),
        .ref = std::move(scenario.ref),
        .config_files = std::move(scenario.config_files),
        .warnings = std::move(scenario.warnings),
        .stored_at = scenario.stored_at
    };
}

// By the rule of the field of the same name in a submission.
Result<std::string> read_scenario_id(const RequestContext& context) {
    const std::array<contract::NameValue, 1> pairs{
        {{"scenario_id", path_param(context, "scenario_id")}}
    };
    auto reader = contract::BodyReader::from_pairs("path", pairs);
    std::string id = reader.get_text("scenario_id", {.min = 1, .max = 100});
    SB_OK(reader.finish());
    return id;
}

}  // namespace

HandlerTask put_scenario(RequestContext& context) {
    SB_CO_TRY(std::string id, read_scenario_id(context));
    SB_CO_OK(check_upload(context));
    SB_CO_TRY(const auto archive, co_await read_archive(context));
    if (archive->size_bytes() == 0) {
        co_return fail(Code::kInvalid, "EMPTY_FILE", "Empty file");
    }
    jobs::Upload upload{.path = archive->path(), .ref = archive->finish()};
    SB_CO_TRY(
        auto stored,
        co_await context.with.submissions.put_scenario(
            own_tenant(context), std::move(id), std::move(upload)
        )
    );
    co_return json_response(contract::encode(view_of(std::move(stored))));
}

HandlerTask list_scenarios(RequestContext& context) {
    SB_CO_TRY(auto query, read_page(context, kScenarioPages));
    SB_CO_TRY(
        auto page,
        co_await context.with.scenarios.list_scenarios(
            own_tenant(context), to_page_request(std::move(query))
        )
    );
    contract::ScenariosPage answer{
        .scenarios = {}, .next_cursor = to_next_cursor(kScenarioPages.kind, page.next)
    };
    for (store::StoredScenario& scenario : page.rows) {
        answer.scenarios.push_back(view_of(std::move(scenario)));
    }
    co_return json_response(contract::encode(answer));
}

HandlerTask get_scenario(RequestContext& context) {
    SB_CO_TRY(std::string id, read_scenario_id(context));
    SB_CO_TRY(
        auto stored,
        co_await context.with.scenarios.get_scenario(own_tenant(context), std::move(id))
    );
    co_return json_response(contract::encode(view_of(std::move(stored))));
}

HandlerTask delete_scenario(RequestContext& context) {
    SB_CO_TRY(std::string id, read_scenario_id(context));
    SB_CO_OK(co_await context.with.scenarios.delete_scenario(own_tenant(context), std::move(id)));
    co_return empty_response();
}

}  // namespace signalbox::api
