// The embedded database as its stores use it: one writer, one connection for look-ups on the event
// loop, and a few for lists on the pool.
//
// Model: `write` is a transaction of the writer thread (see SqliteWriter). `look_up` runs at once
// on the loop: only for reads by key of a few rows, which take microseconds. `read` runs on the
// pool, for everything that grows with the number of rows. Reads see what was committed before
// them.
//
// A simulation runs thousands of small stores a second: for it open_inline() does all of that on
// one connection, where it is called.
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
#include <optional>
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

    /// Everything on this connection and the calling thread, nothing durable before the caller's
    /// own COMMIT; for simulations. `connection` must outlive it.
    static std::unique_ptr<SqliteDatabase> open_inline(Connection& connection);

    SqliteDatabase(const SqliteDatabase&) = delete;
    SqliteDatabase& operator=(const SqliteDatabase&) = delete;

    template <class Work>
    Task<std::invoke_result_t<Work&, Connection&>> write(Work work) {
        return writer_ ? writer_->run(std::move(work)) : write_inline(std::move(work));
    }

    template <class Work>
    Task<std::invoke_result_t<Work&, Connection&>> read(Work work);

    template <class Work>
    Task<std::invoke_result_t<Work&, Connection&>> look_up(Work work) {
        co_return work(*on_loop_);
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

    explicit SqliteDatabase(Connection& connection) : on_loop_(&connection) {}

    template <class Work>
    Task<std::invoke_result_t<Work&, Connection&>> write_inline(Work work);

    async::BlockingPool* pool_ = nullptr;   ///< null: everything is done inline
    std::shared_ptr<SqliteWriter> writer_;  ///< shared with a pool thread that joins it
    std::optional<Connection> reading_;
    Connection* on_loop_;
    std::shared_ptr<ReaderPool> readers_;  ///< shared with reads that nobody waits for any more
};

template <class Work>
Task<std::invoke_result_t<Work&, Connection&>> SqliteDatabase::write_inline(Work work) {
    SB_CO_OK(on_loop_->run("SAVEPOINT item"));
    auto outcome = work(*on_loop_);
    if (!outcome) {
        SB_CO_OK(on_loop_->run("ROLLBACK TO item"));
    }
    SB_CO_OK(on_loop_->run("RELEASE item"));
    co_return outcome;
}

template <class Work>
Task<std::invoke_result_t<Work&, Connection&>> SqliteDatabase::read(Work work) {
    using Outcome = std::invoke_result_t<Work&, Connection&>;
    if (pool_ == nullptr) {
        return look_up(std::move(work));
    }
    return pool_->run([shared = readers_, work = std::move(work)]() mutable -> Outcome {
        const auto readers = std::move(shared);  // let go of before the waiter goes on
        SB_TRY(Connection connection, readers->take());
        auto outcome = work(connection);
        readers->give_back(std::move(connection));
        return outcome;
    });
}

}  // namespace signalbox::store::sqlite
