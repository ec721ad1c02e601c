#include "model/tenant.hpp"

#include <gtest/gtest.h>

namespace signalbox::model {
namespace {

TEST(TenantId, IsMappedTheSameAtRegistrationAndInPaths) {
    EXPECT_EQ(normalize_tenant_id("My_T b"), "my-t-b");
}

TEST(TenantId, IsADnsLabel) {
    EXPECT_TRUE(is_tenant_id("a"));
    EXPECT_TRUE(is_tenant_id("city-a"));
    EXPECT_TRUE(is_tenant_id(std::string(63, 'a')));
    for (const std::string& bad :
         {std::string(),
          std::string("-a"),
          std::string("a-"),
          std::string("a.b"),
          std::string("A"),
          std::string(64, 'a'),
          std::string("a\0b", 3)}) {
        EXPECT_FALSE(is_tenant_id(bad)) << bad;
    }
}

TEST(TenantId, ReservedNamespacesAreNobodys) {
    EXPECT_TRUE(is_reserved_tenant_id("kube-system", {}));
    EXPECT_TRUE(is_reserved_tenant_id("signalbox-jobs", {}));
    EXPECT_TRUE(is_reserved_tenant_id("ops", {"ops"}));
    EXPECT_FALSE(is_reserved_tenant_id("kubernetes", {}));
}

}  // namespace
}  // namespace signalbox::model
