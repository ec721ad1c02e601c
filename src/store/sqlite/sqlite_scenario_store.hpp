// ScenarioStore on the embedded database.
//
// Threads: event loop.  Suspends: everything.  Errors: as ScenarioStore.
#pragma once

#include "store/scenario_store.hpp"
#include "store/sqlite/sqlite_database.hpp"

namespace signalbox::store::sqlite {

class SqliteScenarioStore final : public ScenarioStore {
public:
    /// The database must outlive the store.
    explicit SqliteScenarioStore(SqliteDatabase& database) : database_(database) {}

    Task<Result<void>> put_scenario(TenantId tenant, StoredScenario scenario) override;
    Task<Result<StoredScenario>> get_scenario(TenantId tenant, std::string id) override;
    Task<Result<Page<StoredScenario>>> list_scenarios(TenantId tenant, PageRequest request)
        override;
    Task<Result<void>> delete_scenario(TenantId tenant, std::string id) override;
    Task<Result<std::vector<std::string>>> find_unreferenced(std::vector<std::string> sha256s
    ) override;

private:
    SqliteDatabase& database_;
};

}  // namespace signalbox::store::sqlite
