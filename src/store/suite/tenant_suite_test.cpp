// Tenants and their keys.
#include "store/suite/store_suite.hpp"

#include <gmock/gmock.h>

namespace signalbox::store {
namespace {

using namespace std::chrono_literals;

NewKey a_key(const std::string& id, model::Role role, const TenantId& tenant = {}) {
    NewKey key;
    key.key.id.text = id;
    key.key.name = "name of " + id;
    key.key.role = role;
    key.key.tenant = tenant;
    key.hash = "hash of " + id;
    return key;
}

TEST_P(StoreSuite, ATenantComesBackAsItWasRegistered) {
    model::Tenant tenant;
    tenant.id.text = "city";
    tenant.limits = {
        .max_cpu = 100,
        .max_memory_gi = 200,
        .max_concurrent_jobs = 7,
        .max_queued_jobs = 9,
        .priority_weight = 3,
        .on_limit = model::OnLimit::kQueue
    };
    tenant.s3_prefixes = {"s3://bucket/city/"};
    tenant.created_at = clock.now();
    get(store->tenants().add_tenant(tenant, a_key("k", model::Role::kTenant, tenant.id)));

    const model::Tenant stored = get(store->tenants().get_tenant(tenant.id));

    EXPECT_EQ(stored.limits, tenant.limits);
    EXPECT_EQ(stored.s3_prefixes, tenant.s3_prefixes);
    EXPECT_EQ(stored.created_at, tenant.created_at);
    const auto key = get(store->tenants().find_key("hash of k", clock.now()));
    ASSERT_TRUE(key);
    EXPECT_EQ(key->tenant, tenant.id);
    EXPECT_EQ(key->role, model::Role::kTenant);
}

TEST_P(StoreSuite, ATakenNameIsAConflictAndItsKeyIsNotStored) {
    const TenantId id = add_tenant("city");
    model::Tenant again;
    again.id = id;
    const Error error =
        refusal(store->tenants().add_tenant(again, a_key("second", model::Role::kTenant, id)));
    EXPECT_EQ(error.code(), Code::kConflict);
    EXPECT_FALSE(get(store->tenants().find_key("hash of second", clock.now())));
    EXPECT_EQ(
        refusal(store->tenants().get_tenant({"nobody"})).message(), "Tenant nobody not found"
    );
}

TEST_P(StoreSuite, ListsTenantsNewestFirst) {
    for (const std::string name : {"a", "c", "b"}) {
        add_tenant(name);
    }
    const auto first = get(store->tenants().list_tenants({.limit = 2}));
    ASSERT_EQ(first.rows.size(), 2U);
    EXPECT_EQ(first.rows[0].id.text, "b");
    EXPECT_EQ(first.rows[1].id.text, "c");
    ASSERT_TRUE(first.next);
    const auto second = get(store->tenants().list_tenants({.limit = 2, .after = first.next}));
    ASSERT_EQ(second.rows.size(), 1U);
    EXPECT_EQ(second.rows[0].id.text, "a");
    EXPECT_FALSE(second.next);
    EXPECT_EQ(
        refusal(store->tenants().list_tenants({.limit = 2, .after = "x"})).code(),
        Code::kUnprocessable
    );
}

TEST_P(StoreSuite, AChangeChangesOnlyWhatItNames) {
    const TenantId id = add_tenant("city");
    TenantChange change;
    change.max_cpu = 64;
    change.s3_prefixes = std::vector<std::string>{"s3://b/"};
    const model::Tenant changed = get(store->tenants().change_tenant(id, change));
    EXPECT_EQ(changed.limits.max_cpu, 64);
    EXPECT_EQ(changed.limits.max_memory_gi, 20);
    EXPECT_EQ(changed.s3_prefixes, *change.s3_prefixes);
    TenantChange clear;
    clear.s3_prefixes.emplace();
    EXPECT_TRUE(get(store->tenants().change_tenant(id, clear)).s3_prefixes.empty());
    EXPECT_EQ(refusal(store->tenants().change_tenant({"no"}, change)).code(), Code::kNotFound);
}

TEST_P(StoreSuite, ATenantWithJobsCannotBeDeletedAndItsNameStaysTakenUntilItsRecordsArePurged) {
    const TenantId id = add_tenant("city");
    get(store->tenants().add_key(a_key("extra", model::Role::kTenant, id)));
    const JobId job_id = submit(id);
    EXPECT_EQ(refusal(store->tenants().delete_tenant(id, clock.now())).code(), Code::kConflict);
    get(store->jobs().request_cancel(id, job_id, clock.now()));

    get(store->tenants().delete_tenant(id, clock.now()));

    EXPECT_EQ(refusal(store->tenants().get_tenant(id)).code(), Code::kNotFound);
    EXPECT_EQ(refusal(store->tenants().delete_tenant(id, clock.now())).code(), Code::kNotFound);
    EXPECT_FALSE(get(store->tenants().find_key("hash of extra", clock.now())));
    EXPECT_TRUE(get(store->tenants().list_tenants({})).rows.empty());
    EXPECT_EQ(refusal(store->jobs().submit(submission(id))).code(), Code::kNotFound);
    EXPECT_EQ(job(job_id).status, model::JobStatus::kCancelled) << "records are kept";

    model::Tenant again;
    again.id = id;
    const NewKey key = a_key("again", model::Role::kTenant, id);
    get(store->retention().purge_expired(clock.now(), 100));
    EXPECT_EQ(refusal(store->tenants().add_tenant(again, key)).code(), Code::kConflict);
    get(store->retention().forget_record(job_id));
    get(store->retention().purge_expired(clock.now(), 100));
    get(store->tenants().add_tenant(again, key));
    EXPECT_EQ(
        get(store->jobs().count_by_status(std::nullopt)), (model::StatusCounts{0, 0, 0, 0, 0, 0})
    );
}

TEST_P(StoreSuite, RotationKeepsTheOldKeysAsLongAsAsked) {
    const TenantId id = add_tenant("city");
    get(store->tenants().add_key(a_key("old", model::Role::kTenant, id)));
    get(store->tenants().rotate_tenant_key(
        id, a_key("new", model::Role::kTenant, id), clock.now() + 1min
    ));
    EXPECT_TRUE(get(store->tenants().find_key("hash of old", clock.now())));
    EXPECT_TRUE(get(store->tenants().find_key("hash of new", clock.now())));
    advance(1min);
    EXPECT_FALSE(get(store->tenants().find_key("hash of old", clock.now())));
    EXPECT_TRUE(get(store->tenants().find_key("hash of new", clock.now())));

    get(store->tenants().rotate_tenant_key(
        id, a_key("newest", model::Role::kTenant, id), clock.now()
    ));
    EXPECT_FALSE(get(store->tenants().find_key("hash of new", clock.now())));
    EXPECT_EQ(
        refusal(store->tenants().rotate_tenant_key(
                    {"no"}, a_key("x", model::Role::kTenant, {"no"}), clock.now()
                ))
            .code(),
        Code::kNotFound
    );
}

TEST_P(StoreSuite, KeysHaveRolesScopesAndAnEnd) {
    NewKey key = a_key("debug", model::Role::kDebugger);
    key.key.scope = {.tenants = {"a", "b"}, .clusters = {"c"}, .namespaces = {}};
    key.key.created_at = clock.now();
    key.key.expires_at = clock.now() + 1h;
    get(store->tenants().add_key(key));
    get(store->tenants().add_key(a_key("second", model::Role::kViewer)));

    const auto page = get(store->tenants().list_keys({.limit = 1}));
    ASSERT_EQ(page.rows.size(), 1U);
    EXPECT_EQ(page.rows[0].id.text, "second");
    ASSERT_TRUE(page.next);
    const auto found = get(store->tenants().find_key("hash of debug", clock.now()));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->scope, key.key.scope);
    EXPECT_EQ(found->name, "name of debug");
    EXPECT_FALSE(get(store->tenants().find_key("hash of debug", clock.now() + 1h)));

    get(store->tenants().delete_key({"second"}));
    EXPECT_EQ(refusal(store->tenants().delete_key({"second"})).code(), Code::kNotFound);
    EXPECT_EQ(refusal(store->tenants().add_key(key)).code(), Code::kConflict);
}

TEST_P(StoreSuite, AKeyOfAnUnknownTenantIsRefused) {
    EXPECT_EQ(
        refusal(store->tenants().add_key(a_key("k", model::Role::kTenant, {"nobody"}))).code(),
        Code::kNotFound
    );
}

TEST_P(StoreSuite, ThereIsOneAdminKeyAtATime) {
    EXPECT_FALSE(get(store->tenants().has_admin_key()));
    get(store->tenants().set_admin_key("first", clock.now()));
    get(store->tenants().set_admin_key("second", clock.now()));
    EXPECT_TRUE(get(store->tenants().has_admin_key()));
    EXPECT_FALSE(get(store->tenants().find_key("first", clock.now())));
    const auto key = get(store->tenants().find_key("second", clock.now()));
    ASSERT_TRUE(key);
    EXPECT_EQ(key->role, model::Role::kAdmin);
    EXPECT_TRUE(key->id.empty());
    EXPECT_TRUE(get(store->tenants().list_keys({})).rows.empty());
    EXPECT_EQ(refusal(store->tenants().delete_key({""})).code(), Code::kNotFound);
}

TEST_P(StoreSuite, EndedKeysArePurged) {
    NewKey key = a_key("old", model::Role::kViewer);
    key.key.expires_at = clock.now();
    get(store->tenants().add_key(key));
    get(store->retention().purge_expired(clock.now() + 1s, 100));
    EXPECT_TRUE(get(store->tenants().list_keys({})).rows.empty());
}

}  // namespace
}  // namespace signalbox::store
