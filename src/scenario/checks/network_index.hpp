// Which edges a network has, and which of them lead on to which.
//
// Internal edges (`:…`) are left out: whoever asks leaves them out too. Once the whole network was
// read, what is not found is not there.
//
// Threads: one at a time.  Suspends: never.  Errors: none; a network above the limits is not
// usable.
#pragma once

#include "scenario/checks/id_set.hpp"
#include "scenario/xml/xml_check.hpp"

#include <cstdint>

namespace signalbox::scenario {

class NetworkIndex {
public:
    void element(const XmlElement& element);

    /// The network is read again from its beginning.
    void restart();

    /// It was read to its end.
    void complete() { complete_ = true; }

    [[nodiscard]] bool usable() const { return complete_ && !edges_.full() && !links_.full(); }

    /// By hash_id of its name.
    [[nodiscard]] bool has_edge(std::uint64_t edge) const {
        return edges_.find(edge) != IdSet::Known::kNo;
    }

    /// A connection of any lane, for whatever vehicles.
    [[nodiscard]] bool connects(std::uint64_t from, std::uint64_t to) const {
        return links_.find(hash_pair(from, to)) != IdSet::Known::kNo;
    }

private:
    static constexpr std::size_t kMaxIds = 4'000'000;

    IdSet edges_{kMaxIds};
    IdSet links_{kMaxIds};
    bool complete_ = false;
};

}  // namespace signalbox::scenario
