#include "tenancy/key_cache.hpp"

#include <gtest/gtest.h>

namespace signalbox::tenancy {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime kStart{std::chrono::hours(1)};

StoredKey a_key(std::string id) {
    model::ApiKey key;
    key.id = KeyId{std::move(id)};
    return std::make_shared<const model::ApiKey>(std::move(key));
}

TEST(KeyCache, RemembersForItsTimeOnly) {
    KeyCache cache(5s, 10);
    cache.remember("h", a_key("k"), kStart);
    cache.remember("wrong", nullptr, kStart);
    EXPECT_EQ(cache.find("h", kStart + 4s).value()->id.text, "k");
    ASSERT_TRUE(cache.find("wrong", kStart + 4s).has_value());
    EXPECT_EQ(*cache.find("wrong", kStart + 4s), nullptr);
    EXPECT_FALSE(cache.find("h", kStart + 5s).has_value());
    cache.clear();
    EXPECT_FALSE(cache.find("h", kStart).has_value());
}

TEST(KeyCache, AFloodOfWrongKeysDisplacesNoRightOne) {
    KeyCache cache(5s, 10);
    cache.remember("right", a_key("k"), kStart);
    for (int i = 0; i < 1000; ++i) {
        cache.remember(std::to_string(i), nullptr, kStart);
    }
    EXPECT_TRUE(cache.find("right", kStart).has_value());
    EXPECT_EQ(cache.size(), 11U);
}

TEST(KeyCache, KeepsTheNewerAnswer) {
    KeyCache cache(5s, 10);
    cache.remember("h", a_key("old"), kStart);
    cache.remember("h", a_key("new"), kStart + 3s);
    EXPECT_EQ(cache.find("h", kStart + 7s).value()->id.text, "new");
    EXPECT_EQ(cache.size(), 1U);
}

}  // namespace
}  // namespace signalbox::tenancy
