// Owns running coroutines: whoever spawns belongs to a group, and a group ends before its owner.
//
// `cancel` asks every task to end at its present or next wait; `join` returns when all have. An
// exception that is not a cancellation is a bug: it is logged with the task's name, the group goes
// on. Destroying a group that still runs something is a broken invariant.
//
// Threads: the event loop.  Suspends: join.  Errors: none.
#pragma once

#include "async/task.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace signalbox::async {

class TaskGroup {
public:
    explicit TaskGroup(Executor executor);
    ~TaskGroup();
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;

    /// Names a task of this group, also after it has ended.
    using TaskId = std::uint64_t;

    /// Starts `task`; from the loop's own thread at once, up to its first wait. After cancel() it
    /// is cancelled there.
    TaskId spawn(std::string name, Task<void> task);

    void cancel();

    /// Cancels one task; does nothing if it has ended.
    void cancel(TaskId task);

    /// Returns when nothing runs any more; what is spawned meanwhile is waited for too.
    Task<void> join();

    [[nodiscard]] std::size_t size() const;

    [[nodiscard]] Executor executor() const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace signalbox::async
