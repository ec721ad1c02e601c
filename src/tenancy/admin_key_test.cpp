#include "tenancy/admin_key.hpp"

#include "base/fs.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "tenancy/testing/fake_tenant_store.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace signalbox::tenancy {
namespace {

namespace fs = std::filesystem;
using testing::run;

class AdminKeyTest : public ::testing::Test {
protected:
    AdminKeyTest() {
        std::string name = (fs::temp_directory_path() / "admin-key-XXXXXX").string();
        directory_ = ::mkdtemp(name.data());
    }

    ~AdminKeyTest() override { fs::remove_all(directory_); }

    Result<AdminKey> ensure(const std::string& configured = "") {
        return run(ensure_admin_key(
            {.data_directory = directory_, .configured_key = configured, .form = {}},
            store_,
            clock_,
            random_
        ));
    }

    [[nodiscard]] fs::path file() const { return directory_ / "admin.key"; }

    fs::path directory_;
    ManualClock clock_{Instant{}};
    SeededRandom random_{1};
    testing::FakeTenantStore store_;
};

TEST_F(AdminKeyTest, IsMadeAtTheFirstStartForItsOwnerOnly) {
    const auto made = ensure();
    ASSERT_TRUE(made);
    EXPECT_TRUE(made->generated);
    EXPECT_EQ(made->file, file());
    const std::string key(trim(read_file(file()).value()));
    EXPECT_TRUE(key.starts_with("sk-"));
    EXPECT_EQ(made->hash, sha256_hex(key));
    EXPECT_EQ(store_.admin_hash, made->hash);
    EXPECT_EQ(fs::status(file()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(AdminKeyTest, IsTheSameAtTheNextStart) {
    const std::string hash = ensure()->hash;
    const auto again = ensure();
    ASSERT_TRUE(again);
    EXPECT_FALSE(again->generated);
    EXPECT_EQ(again->hash, hash);
}

TEST_F(AdminKeyTest, ACrashBeforeItsHashWasStoredCostsNothing) {
    const std::string hash = ensure()->hash;
    store_.admin_hash.clear();
    EXPECT_EQ(ensure()->hash, hash);
    EXPECT_EQ(store_.admin_hash, hash);
}

TEST_F(AdminKeyTest, TheConfiguredOneCountsAndMakesNoFile) {
    const auto configured = ensure(" my-admin-key \n");
    ASSERT_TRUE(configured);
    EXPECT_EQ(configured->hash, sha256_hex("my-admin-key"));
    EXPECT_TRUE(configured->file.empty());
    EXPECT_FALSE(fs::exists(file()));
    EXPECT_EQ(store_.admin_hash, configured->hash);
}

TEST_F(AdminKeyTest, AFileTakenAwayMakesNoOtherKey) {
    const std::string hash = ensure()->hash;
    fs::remove(file());
    const auto again = ensure();
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->hash.empty());
    EXPECT_FALSE(fs::exists(file()));
    EXPECT_EQ(store_.admin_hash, hash);
}

TEST_F(AdminKeyTest, AnEmptyFileIsAnErrorThatNamesIt) {
    ASSERT_TRUE(write_file_durably(file(), "\n"));
    const auto refused = ensure();
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().message().contains(file().string()));
}

}  // namespace
}  // namespace signalbox::tenancy
