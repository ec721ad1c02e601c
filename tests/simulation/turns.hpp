// Where simulated processes wait: each await outside is a turn, and the schedule says whose is
// next.
//
// Some waits are slow (a pool that is busy, a disk that hangs): the schedule lets much else happen
// before them, which a fair order would hardly ever do.
//
// A process that dies is dead at its present turn: whatever it waited for throws there, as a
// cancelled wait does, and nothing of it runs on.
//
// Threads: one.  Suspends: take.  Errors: the turn of a dead process throws.
#pragma once

#include "async/task.hpp"
#include "base/random.hpp"

#include <boost/asio/any_completion_handler.hpp>

#include <cstddef>
#include <vector>

namespace signalbox::simulation {

/// One life of a server; all its waits name it.
struct Process {
    bool dead = false;
};

class Turns {
public:
    /// `random` must outlive the turns.
    explicit Turns(Random& random) : random_(random) {}

    Turns(const Turns&) = delete;
    Turns& operator=(const Turns&) = delete;

    /// Until the schedule lets this wait go on. The process must outlive it.
    Task<void> take(const Process& process);

    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

    [[nodiscard]] bool is_slow(std::size_t index) const { return waiting_.at(index).slow; }

    void let_go(std::size_t index);

    /// Ends every wait of the process, which is dead from now on.
    void kill(Process& process);

private:
    struct Wait {
        const Process* process = nullptr;
        bool slow = false;
        boost::asio::any_completion_handler<void()> resume;
    };

    Random& random_;
    std::vector<Wait> waiting_;
};

}  // namespace signalbox::simulation
