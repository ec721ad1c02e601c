#include "scenario/checks/definitions.hpp"

#include <algorithm>

namespace signalbox::scenario {

Definitions::Known Definitions::define(Space space, std::uint64_t id, bool sure) {
    IdSet& set = sets_[index_of(space)];
    const bool has_room = !set.full();
    const Known before = set.add(id, sure);
    if (before == Known::kNo && has_room) {
        file_defined_[index_of(space)].push_back(id);
    }
    return before;
}

void Definitions::want(Space space, std::uint64_t id, model::Finding finding) {
    Wanted& wanted = file_wanted_.at(index_of(space));
    if (wanted.size() < kMaxWanted || wanted.contains(id)) {
        note(wanted, id, std::move(finding));
    } else {
        wants_more_ = true;
    }
}

void Definitions::note(Wanted& wanted, std::uint64_t id, model::Finding finding) {
    const auto [at, is_new] = wanted.try_emplace(id, finding);
    if (!is_new && finding.severity < at->second.severity) {
        at->second = std::move(finding);
    }
}

void Definitions::take_back() {
    for (std::size_t i = 0; i < sets_.size(); ++i) {
        for (const std::uint64_t id : file_defined_[i]) {
            sets_[i].remove(id);
        }
    }
    file_defined_ = {};
    file_wanted_ = {};
}

void Definitions::commit() {
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
        for (auto& [id, finding] : file_wanted_[i]) {
            if (sets_[i].find(id) == Known::kNo) {
                note(wanted_[i], id, std::move(finding));
            }
        }
    }
    file_wanted_ = {};
    file_defined_ = {};
}

std::vector<model::Finding> Definitions::find_undefined() const {
    std::vector<model::Finding> findings;
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
        for (const auto& [id, finding] : wanted_[i]) {
            if (!sets_[i].full() && sets_[i].find(id) == Known::kNo) {
                findings.push_back(finding);
            }
        }
    }
    return findings;
}

std::string Definitions::limit() const {
    if (wants_more_) {
        return "only the first " + std::to_string(kMaxWanted) +
               " types and routes of a file that are not defined before are looked for";
    }
    if (std::ranges::any_of(sets_, &IdSet::full)) {
        return "only the first " + std::to_string(kMaxIds) + " ids are compared with each other";
    }
    return {};
}

}  // namespace signalbox::scenario
