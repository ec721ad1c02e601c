// What files of demand define and use: ids that are given twice, names that are defined nowhere.
//
// Works file by file: until a file is committed, all that was learnt from it can be taken back.
//
// Threads: one at a time.  Suspends: never.  Errors: none; above its limits it knows less, and
// limit() says so.
#pragma once

#include "model/finding.hpp"
#include "scenario/checks/id_set.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace signalbox::scenario {

enum class Space : std::uint8_t { kTypes, kRoutes, kTravellers };

class Definitions {
public:
    using Known = IdSet::Known;

    [[nodiscard]] Known find(Space space, std::uint64_t id) const {
        return sets_[index_of(space)].find(id);
    }

    /// What was known of it before.
    Known define(Space space, std::uint64_t id, bool sure);

    /// `finding` is to be said if nobody ever defines it; an error goes before a warning.
    void want(Space space, std::uint64_t id, model::Finding finding);

    /// The file at hand is read again from its beginning.
    void take_back();
    void commit();

    /// For when every file was read.
    [[nodiscard]] std::vector<model::Finding> find_undefined() const;

    /// What is not looked for any more; "" below all limits.
    [[nodiscard]] std::string limit() const;

private:
    using Wanted = std::unordered_map<std::uint64_t, model::Finding>;

    static constexpr std::size_t kMaxIds = 1'000'000;
    static constexpr std::size_t kMaxWanted = 2000;

    static std::size_t index_of(Space space) { return static_cast<std::size_t>(space); }

    static void note(Wanted& wanted, std::uint64_t id, model::Finding finding);

    std::array<IdSet, 3> sets_{IdSet(kMaxIds), IdSet(kMaxIds), IdSet(kMaxIds)};
    std::array<Wanted, 2> wanted_;       ///< types and routes
    std::array<Wanted, 2> file_wanted_;  ///< of the file at hand
    std::array<std::vector<std::uint64_t>, 3> file_defined_;
    bool wants_more_ = false;
};

}  // namespace signalbox::scenario
