// Scenarios a tenant stored under a name of its own, and which archives are still needed by anyone.
//
// Threads: event loop.  Suspends: everything.  Errors: as noted; else as in JobStore.
#pragma once

#include "async/task.hpp"
#include "base/error.hpp"
#include "model/job.hpp"
#include "store/page.hpp"

#include <string>
#include <vector>

namespace signalbox::store {

struct StoredScenario {
    std::string scenario_id;
    model::ScenarioRef ref;
    std::vector<std::string> config_files;
    std::vector<model::Finding> warnings;
    Instant stored_at;
};

class ScenarioStore {
public:
    virtual ~ScenarioStore() = default;

    /// Replaces what the tenant had stored under the name.
    virtual Task<Result<void>> put_scenario(TenantId tenant, StoredScenario scenario) = 0;

    /// kNotFound `Scenario x not found`.
    virtual Task<Result<StoredScenario>> get_scenario(TenantId tenant, std::string id) = 0;

    virtual Task<Result<Page<StoredScenario>>> list_scenarios(
        TenantId tenant, PageRequest request
    ) = 0;

    virtual Task<Result<void>> delete_scenario(TenantId tenant, std::string id) = 0;

    /// Of the given archives, those that no job and no stored scenario names.
    virtual Task<Result<std::vector<std::string>>> find_unreferenced(
        std::vector<std::string> sha256s
    ) = 0;
};

}  // namespace signalbox::store
