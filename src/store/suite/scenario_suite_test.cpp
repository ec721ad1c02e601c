// Stored scenarios and the archives that are still needed.
#include "store/suite/store_suite.hpp"

#include <gmock/gmock.h>

namespace signalbox::store {
namespace {

StoredScenario a_scenario(const std::string& id, char archive) {
    StoredScenario scenario;
    scenario.scenario_id = id;
    scenario.ref = {.sha256 = std::string(64, archive), .size_bytes = 5};
    scenario.config_files = {"a.sumocfg", "b.sumocfg"};
    scenario.warnings = {{.file = "a.xml", .line = 1, .severity = model::Severity::kWarning}};
    return scenario;
}

TEST_P(StoreSuite, AStoredScenarioIsItsTenants) {
    const TenantId city = add_tenant("city");
    const TenantId other = add_tenant("other");
    get(store->scenarios().put_scenario(city, a_scenario("port", 'b')));

    const StoredScenario found = get(store->scenarios().get_scenario(city, "port"));
    EXPECT_EQ(found.ref, a_scenario("port", 'b').ref);
    EXPECT_EQ(found.config_files, (std::vector<std::string>{"a.sumocfg", "b.sumocfg"}));
    EXPECT_EQ(found.warnings.size(), 1U);
    const Error error = refusal(store->scenarios().get_scenario(other, "port"));
    EXPECT_EQ(error.code(), Code::kNotFound);
    EXPECT_EQ(error.message(), "Scenario port not found");
    EXPECT_EQ(
        refusal(store->scenarios().put_scenario({"no"}, a_scenario("port", 'b'))).code(),
        Code::kNotFound
    );
}

TEST_P(StoreSuite, AReplacedScenarioIsTheNewestAgain) {
    const TenantId city = add_tenant("city");
    get(store->scenarios().put_scenario(city, a_scenario("one", 'b')));
    get(store->scenarios().put_scenario(city, a_scenario("two", 'b')));
    get(store->scenarios().put_scenario(city, a_scenario("one", 'c')));

    const auto page = get(store->scenarios().list_scenarios(city, {.limit = 1}));
    ASSERT_EQ(page.rows.size(), 1U);
    EXPECT_EQ(page.rows[0].scenario_id, "one");
    EXPECT_EQ(page.rows[0].ref.sha256, std::string(64, 'c'));
    const auto rest =
        get(store->scenarios().list_scenarios(city, {.limit = 1, .after = page.next}));
    ASSERT_EQ(rest.rows.size(), 1U);
    EXPECT_EQ(rest.rows[0].scenario_id, "two");
    EXPECT_FALSE(rest.next);
    get(store->scenarios().delete_scenario(city, "two"));
    EXPECT_EQ(refusal(store->scenarios().delete_scenario(city, "two")).code(), Code::kNotFound);
}

TEST_P(StoreSuite, AnArchiveIsNeededWhileAJobOrAScenarioNamesIt) {
    const TenantId city = add_tenant("city");
    get(store->scenarios().put_scenario(city, a_scenario("one", 'b')));
    const JobId id = submit(city);  // names archive a…
    const std::vector<std::string> archives{
        std::string(64, 'a'), std::string(64, 'b'), std::string(64, 'c')
    };
    EXPECT_THAT(
        get(store->scenarios().find_unreferenced(archives)),
        ::testing::ElementsAre(std::string(64, 'c'))
    );

    get(store->jobs().request_cancel(city, id, clock.now()));
    get(store->retention().forget_record(id));
    get(store->scenarios().delete_scenario(city, "one"));
    EXPECT_EQ(get(store->scenarios().find_unreferenced(archives)).size(), 3U);
}

}  // namespace
}  // namespace signalbox::store
