// An attempt is in a set for the life of a scope: something about it is under way here.
//
// Threads: event loop.  Suspends: never.  Errors: none.
#pragma once

#include "base/ids.hpp"

#include <set>
#include <utility>

namespace signalbox::jobs {

class UnderWay {
public:
    /// The set must outlive it; the attempt must not be in it yet.
    UnderWay(std::set<AttemptId>& attempts, AttemptId attempt)
        : attempts_(attempts), attempt_(std::move(attempt)) {
        attempts_.insert(attempt_);
    }

    ~UnderWay() { attempts_.erase(attempt_); }

    UnderWay(const UnderWay&) = delete;
    UnderWay& operator=(const UnderWay&) = delete;

private:
    std::set<AttemptId>& attempts_;
    AttemptId attempt_;
};

}  // namespace signalbox::jobs
