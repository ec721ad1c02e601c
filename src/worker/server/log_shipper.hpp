// Brings the log's file to the server, byte for byte, in batches.
//
// The file is the truth, the server's answers say how much of it the server has: after a gap, a
// restart on either side, or a repeat, sending goes on from there.
//
// Threads: the event loop (reads of the page cache).  Suspends: run, ship_rest.
// Errors: ship_rest: those of AttemptClient::put_log; kInternal when the file cannot be read.
#pragma once

#include "async/signal.hpp"
#include "base/error.hpp"
#include "base/fs.hpp"
#include "worker/server/attempt_client.hpp"
#include "worker/server/retry.hpp"
#include "worker/server/stop_switch.hpp"
#include "worker/settings.hpp"

#include <cstdint>
#include <filesystem>

namespace signalbox::worker {

class LogShipper {
public:
    /// The file must exist. All must outlive the shipper.
    [[nodiscard]] static Result<std::unique_ptr<LogShipper>> open(
        Executor executor,
        AttemptClient& client,
        const std::filesystem::path& file,
        const WorkerTimes& times
    );

    /// The file is longer now.
    void grew() { wake_.notify(kKey); }

    /// Ships what comes until cancelled. A server that is away is tried again, ever more rarely.
    Task<void> run(StopSwitch& stop, Random& random);

    /// All that is there, once run() has ended.
    Task<Result<void>> ship_rest(Patience patience);

private:
    LogShipper(Executor executor, AttemptClient& client, UniqueFd file, const WorkerTimes& times);

    [[nodiscard]] std::uint64_t size() const;
    [[nodiscard]] Result<std::string> read_batch() const;
    Task<Result<void>> ship_batch();

    static constexpr auto kKey = "log";

    AttemptClient& client_;
    UniqueFd file_;
    const WorkerTimes& times_;
    async::Signal wake_;
    async::Signal::Subscription woken_;
    std::uint64_t shipped_ = 0;
};

}  // namespace signalbox::worker
