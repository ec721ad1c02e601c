#include "store/sqlite/sqlite_scenario_store.hpp"

#include "store/sqlite/json_columns.hpp"
#include "store/sqlite/key_rows.hpp"
#include "store/sqlite/row_reader.hpp"
#include "store/sqlite/tenant_rows.hpp"

#include <utility>

namespace signalbox::store::sqlite {

namespace {

constexpr std::string_view kSelect =
    "SELECT scenario_id, sha256, size_bytes, config_files, warnings, stored_at, seq"
    " FROM scenarios ";

Result<StoredScenario> read_scenario(const Query& query) {
    RowReader row(query);
    StoredScenario scenario;
    scenario.scenario_id = row.text();
    scenario.ref.sha256 = row.text();
    scenario.ref.size_bytes = static_cast<std::uint64_t>(row.integer());
    SB_TRY(scenario.config_files, texts_from_column(row.text()));
    SB_TRY(scenario.warnings, findings_from_column(row.text()));
    scenario.stored_at = row.instant();
    return scenario;
}

Error scenario_not_found(const std::string& id) {
    return {Code::kNotFound, "SCENARIO_NOT_FOUND", "Scenario " + id + " not found"};
}

Result<void> put(Connection& connection, const TenantId& tenant, const StoredScenario& scenario) {
    SB_OK(get_tenant_row(connection, tenant));
    // A replaced scenario gets a new number and so is the newest again.
    SB_OK(connection.run(
        "INSERT OR REPLACE INTO scenarios (tenant, scenario_id, sha256, size_bytes, config_files,"
        " warnings, stored_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        tenant.text,
        scenario.scenario_id,
        scenario.ref.sha256,
        scenario.ref.size_bytes,
        to_column(scenario.config_files),
        to_column(scenario.warnings),
        scenario.stored_at
    ));
    return {};
}

Result<StoredScenario> get(Connection& connection, const TenantId& tenant, const std::string& id) {
    static const std::string kSql = std::string(kSelect) + "WHERE tenant = ?1 AND scenario_id = ?2";
    Query query = connection.query(kSql, tenant.text, id);
    SB_TRY(const bool found, query.next());
    if (!found) {
        return fail(scenario_not_found(id));
    }
    return read_scenario(query);
}

Result<Page<StoredScenario>> list(
    Connection& connection, const TenantId& tenant, const PageRequest& request
) {
    SB_TRY(const std::int64_t before, parse_page_key(request));
    static const std::string kSql =
        std::string(kSelect) + "WHERE tenant = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3";
    Query query = connection.query(kSql, tenant.text, before, request.limit + 1);
    return collect_page<StoredScenario>(std::move(query), read_scenario, 6, request.limit);
}

Result<std::vector<std::string>> keep_unreferenced(
    Connection& connection, const std::vector<std::string>& sha256s
) {
    const ReadSnapshot snapshot(connection);
    std::vector<std::string> unreferenced;
    for (const std::string& sha256 : sha256s) {
        SB_TRY(
            const auto referenced,
            connection.find_integer(
                "SELECT EXISTS (SELECT 1 FROM jobs WHERE scenario_sha256 = ?1)"
                " OR EXISTS (SELECT 1 FROM scenarios WHERE sha256 = ?1)",
                sha256
            )
        );
        if (referenced == 0) {
            unreferenced.push_back(sha256);
        }
    }
    return unreferenced;
}

}  // namespace

Task<Result<void>> SqliteScenarioStore::put_scenario(TenantId tenant, StoredScenario scenario) {
    return database_.write([tenant = std::move(tenant),
                            scenario = std::move(scenario)](Connection& connection) {
        return put(connection, tenant, scenario);
    });
}

Task<Result<StoredScenario>> SqliteScenarioStore::get_scenario(TenantId tenant, std::string id) {
    return database_.look_up([tenant = std::move(tenant), id = std::move(id)](Connection& connection
                             ) { return get(connection, tenant, id); });
}

Task<Result<Page<StoredScenario>>> SqliteScenarioStore::list_scenarios(
    TenantId tenant, PageRequest request
) {
    return database_.read([tenant = std::move(tenant),
                           request = std::move(request)](Connection& connection) {
        return list(connection, tenant, request);
    });
}

Task<Result<void>> SqliteScenarioStore::delete_scenario(TenantId tenant, std::string id) {
    return database_.write(
        [tenant = std::move(tenant), id = std::move(id)](Connection& connection) -> Result<void> {
            SB_TRY(
                const auto deleted,
                connection.run(
                    "DELETE FROM scenarios WHERE tenant = ?1 AND scenario_id = ?2", tenant.text, id
                )
            );
            if (deleted == 0) {
                return fail(scenario_not_found(id));
            }
            return {};
        }
    );
}

Task<Result<std::vector<std::string>>> SqliteScenarioStore::find_unreferenced(
    std::vector<std::string> sha256s
) {
    return database_.read([sha256s = std::move(sha256s)](Connection& connection) {
        return keep_unreferenced(connection, sha256s);
    });
}

}  // namespace signalbox::store::sqlite
