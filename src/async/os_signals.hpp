// SIGINT, SIGTERM and the like as something to wait for.
//
// Threads: event loop.  Suspends: next.  Errors: cancellation throws.
#pragma once

#include "async/task.hpp"

#include <initializer_list>
#include <memory>

namespace signalbox::async {

class OsSignals {
public:
    /// From now on these signals of the process come here instead of ending it.
    OsSignals(Executor executor, std::initializer_list<int> signals);
    ~OsSignals();
    OsSignals(const OsSignals&) = delete;
    OsSignals& operator=(const OsSignals&) = delete;

    /// The number of the next signal.
    Task<int> next();

private:
    struct Set;
    std::unique_ptr<Set> set_;
};

}  // namespace signalbox::async
