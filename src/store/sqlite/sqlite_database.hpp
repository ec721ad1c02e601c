// The embedded database as its stores use it: one writer, one connection for look-ups on the event
// loop, and a few for lists on the pool.
//
// Model: `write` is a transaction of the writer thread (see SqliteWriter). `look_up` runs at once
// on the loop: only for reads by key of a few rows, which take microseconds. `read` runs on the
// pool, for everything that grows with the number of rows. Reads see what was committed before
// them.
//
// Threads: the event loop; open() and the destructor block.  Suspends: write, read, stop.
// Errors: as make_error makes them; open: also those of migrate().
#pragma once

#include "async/blocking_pool.hpp"
#include "async/task.hpp"
#include "base/error.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/sqlite_writer.hpp"

#include <filesystem>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace signalbox::store::sqlite {

/// Read connections for pool threads: as many as read at once, a few of them kept.
class ReaderPool {
public:
    explicit ReaderPool(std::filesystem::path path) : path_(std::move(path)) {}

    Result<Connection> take();
    void give_back(Connection connection);

private:
    std::filesystem::path path_;
    std::mutex mutex_;
    std::vector<Connection> idle_;
};

class SqliteDatabase {
public:
    /// Makes the file when there is none and brings it up to date. The pool must outlive it.
    static Result<std::unique_ptr<SqliteDatabase>> open(
        Executor loop, async::BlockingPool& pool, const std::filesystem::path& path
    );

    SqliteDatabase(const SqliteDatabase&) = delete;
    SqliteDatabase& operator=(const SqliteDatabase&) = delete;

    template <class Work>
    Task<std::invoke_result_t<Work&, Connection&>> write(Work work) {
        return writer_->run(std::move(work));
    }

    template <class Work>
    Task<std::invoke_result_t<Work&, Connection&>> read(Work work);

    template <class Work>
    Task<std::invoke_result_t<Work&, Connection&>> look_up(Work work) {
        co_return work(on_loop_);
    }

    /// Writes what is queued; nothing can be written afterwards.
    Task<void> stop();

private:
    SqliteDatabase(
        Executor loop,
        async::BlockingPool& pool,
        Connection writing,
        Connection reading,
        const std::filesystem::path& path
    );

    async::BlockingPool& pool_;
    std::shared_ptr<SqliteWriter> writer_;  ///< shared with a pool thread that joins it
    Connection on_loop_;
    std::shared_ptr<ReaderPool> readers_;  ///< shared with reads that nobody waits for any more
};

template <class Work>
Task<std::invoke_result_t<Work&, Connection&>> SqliteDatabase::read(Work work) {
    using Outcome = std::invoke_result_t<Work&, Connection&>;
    return pool_.run([shared = readers_, work = std::move(work)]() mutable -> Outcome {
        const auto readers = std::move(shared);  // let go of before the waiter goes on
        SB_TRY(Connection connection, readers->take());
        auto outcome = work(connection);
        readers->give_back(std::move(connection));
        return outcome;
    });
}

}  // namespace signalbox::store::sqlite
