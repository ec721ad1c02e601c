#include "scenario/checks/id_set.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace signalbox::scenario {
namespace {

using Known = IdSet::Known;

std::uint64_t id(int number) {
    return hash_id("vehicle_" + std::to_string(number));
}

TEST(IdSet, RemembersWhatWasAddedFirst) {
    IdSet set(10);
    EXPECT_EQ(set.find(id(1)), Known::kNo);
    EXPECT_EQ(set.add(id(1), false), Known::kNo);
    EXPECT_EQ(set.add(id(1), true), Known::kDoubtful);
    EXPECT_EQ(set.add(id(2), true), Known::kNo);
    EXPECT_EQ(set.find(id(1)), Known::kDoubtful);
    EXPECT_EQ(set.find(id(2)), Known::kSure);
    set.clear();
    EXPECT_EQ(set.find(id(2)), Known::kNo);
}

TEST(IdSet, TakesNoMoreThanItsLimit) {
    IdSet set(2);
    set.add(id(1), true);
    EXPECT_FALSE(set.full());
    set.add(id(2), true);
    EXPECT_TRUE(set.full());
    set.add(id(3), true);
    EXPECT_EQ(set.find(id(3)), Known::kNo);
    EXPECT_EQ(set.find(id(2)), Known::kSure);
}

TEST(IdSet, FindsTheOthersAfterSomeAreRemoved) {
    IdSet set(100'000);
    for (int i = 0; i < 50'000; ++i) {
        EXPECT_EQ(set.add(id(i), i % 2 == 0), Known::kNo);
    }
    for (int i = 0; i < 50'000; i += 3) {
        set.remove(id(i));
    }
    set.remove(id(60'000));
    for (int i = 0; i < 50'000; ++i) {
        const Known expected = i % 3 == 0   ? Known::kNo
                               : i % 2 == 0 ? Known::kSure
                                            : Known::kDoubtful;
        ASSERT_EQ(set.find(id(i)), expected) << i;
    }
}

TEST(HashId, TellsTextsApart) {
    std::set<std::uint64_t> seen;
    for (std::size_t length = 0; length < 40; ++length) {
        EXPECT_TRUE(seen.insert(hash_id(std::string(length, '\0'))).second) << length;
        EXPECT_TRUE(seen.insert(hash_id(std::string(length, 'x'), 1)).second) << length;
    }
    EXPECT_EQ(hash_id({}), hash_id(""));  // no text at all is fine too
    EXPECT_NE(hash_id("a"), hash_id("a", 1));
    EXPECT_NE(hash_pair(hash_id("a"), hash_id("b")), hash_pair(hash_id("b"), hash_id("a")));
}

}  // namespace
}  // namespace signalbox::scenario
