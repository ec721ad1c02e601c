// The one thread that writes: whatever is queued when a commit ends goes with the next one.
//
// Model: an item is a function on the connection that returns a Result. A batch (at most 256 items)
// is one transaction with a savepoint for each item: an item's error takes back that item only, and
// every waiter resumes on the event loop after the COMMIT. When the transaction itself fails, none
// of its items has happened and all get that error. A cancelled wait detaches from its item, which
// still happens. Checkpoints come after the answers, so that nobody waits for them; when readers
// keep the log from beginning anew for long, the writer waits for them a moment, so it stays
// bounded.
//
// Threads: run() and finish() from the event loop or its end; items on the writer's own thread, so
// they own what they use.  Suspends: run.
// Errors: an item's own; kUnavailable when too many wait, or after finish().
#pragma once

#include "async/completion.hpp"
#include "async/task.hpp"
#include "base/error.hpp"
#include "store/sqlite/connection.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace signalbox::store::sqlite {

/// Lengths of the write-ahead log, in pages of 4 KiB.
struct CheckpointPolicy {
    int every = 4000;     ///< 16 MiB: a quarter as often as SQLite does, for half the writing
    int restart = 16000;  ///< 64 MiB: from here on readers are waited for
};

class SqliteWriter {
public:
    SqliteWriter(Executor loop, Connection connection, CheckpointPolicy checkpoints = {});

    ~SqliteWriter() { finish(); }

    SqliteWriter(const SqliteWriter&) = delete;
    SqliteWriter& operator=(const SqliteWriter&) = delete;

    /// `work(Connection&)` returns a Result<T>; called once, within the batch's transaction.
    template <class Work>
    Task<std::invoke_result_t<Work&, Connection&>> run(Work work);

    /// Writes what is queued, takes nothing more, joins the thread. Blocks.
    void finish();

private:
    class Item {
    public:
        explicit Item(Executor loop) : done(loop) {}

        virtual ~Item() = default;
        Item(const Item&) = delete;
        Item& operator=(const Item&) = delete;

        virtual void execute(Connection& connection) = 0;
        virtual void fail_with(const Error& error) = 0;
        [[nodiscard]] virtual const Error* error() const = 0;

        async::Completion done;
    };

    template <class Work>
    class WorkItem final : public Item {
    public:
        using Outcome = std::invoke_result_t<Work&, Connection&>;

        WorkItem(Executor loop, Work work) : Item(loop), work_(std::move(work)) {}

        void execute(Connection& connection) override { outcome.emplace(work_(connection)); }

        void fail_with(const Error& error) override { outcome.emplace(fail(error)); }

        [[nodiscard]] const Error* error() const override {
            return outcome->has_value() ? nullptr : &outcome->error();
        }

        std::optional<Outcome> outcome;

    private:
        Work work_;
    };

    using Batch = std::vector<std::shared_ptr<Item>>;

    Result<void> enqueue(std::shared_ptr<Item> item);
    void write_batches();
    std::optional<Batch> next_batch();
    Result<void> commit(Batch& batch);
    Result<void> execute(Item& item);
    void deliver(Batch batch);
    void shorten_log();

    Executor loop_;
    Connection connection_;
    CheckpointPolicy checkpoints_;
    int log_tried_at_ = 0;  ///< the log's length at the last checkpoint; 0 once it began anew
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::shared_ptr<Item>> queue_;  ///< under mutex_
    bool finishing_ = false;                   ///< under mutex_
    std::thread thread_;
};

template <class Work>
Task<std::invoke_result_t<Work&, Connection&>> SqliteWriter::run(Work work) {
    auto item = std::make_shared<WorkItem<Work>>(loop_, std::move(work));
    SB_CO_OK(enqueue(item));
    co_await item->done.wait();
    co_return std::move(*item->outcome);
}

}  // namespace signalbox::store::sqlite
