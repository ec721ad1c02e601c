#include "store/sqlite/sqlite_writer.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <iterator>
#include <string>

namespace signalbox::store::sqlite {

namespace {

// More than this brings nothing more and makes the first of a batch wait longer.
constexpr std::size_t kMaxBatch = 256;
// Some seconds of work: who would wait longer is told so at once.
constexpr std::size_t kMaxQueued = 20'000;

}  // namespace

SqliteWriter::SqliteWriter(Executor loop, Connection connection, CheckpointPolicy checkpoints)
    : loop_(loop),
      connection_(std::move(connection)),
      checkpoints_(checkpoints),
      thread_([this] { write_batches(); }) {}

void SqliteWriter::finish() {
    {
        const std::lock_guard lock(mutex_);
        finishing_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) {
        thread_.join();
    }
}

Result<void> SqliteWriter::enqueue(std::shared_ptr<Item> item) {
    {
        const std::lock_guard lock(mutex_);
        if (finishing_) {
            return fail(Code::kUnavailable, "SHUTTING_DOWN", "the database is being closed");
        }
        if (queue_.size() >= kMaxQueued) {
            return fail(
                Code::kUnavailable,
                "DATABASE_BEHIND",
                "the database is behind: " + std::to_string(queue_.size()) +
                    " writes wait already (at most " + std::to_string(kMaxQueued) + ")"
            );
        }
        queue_.push_back(std::move(item));
    }
    changed_.notify_one();
    return {};
}

void SqliteWriter::write_batches() {
    while (auto batch = next_batch()) {
        const auto committed = commit(*batch);
        if (!committed) {
            if (connection_.in_transaction()) {
                static_cast<void>(connection_.run("ROLLBACK"));
            }
            log::error(
                "a batch of writes failed",
                {{"items", batch->size()}, {"error", committed.error().message()}}
            );
            for (const auto& item : *batch) {
                item->fail_with(committed.error());
            }
        }
        deliver(*std::move(batch));
        shorten_log();
    }
}

std::optional<SqliteWriter::Batch> SqliteWriter::next_batch() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return finishing_ || !queue_.empty(); });
    if (queue_.empty()) {
        return std::nullopt;
    }
    const auto count = static_cast<std::ptrdiff_t>(std::min(queue_.size(), kMaxBatch));
    const auto end = queue_.begin() + count;
    Batch batch(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
    queue_.erase(queue_.begin(), end);
    return batch;
}

Result<void> SqliteWriter::commit(Batch& batch) {
    SB_OK(connection_.run("BEGIN IMMEDIATE"));
    for (const auto& item : batch) {
        SB_OK(execute(*item));
    }
    SB_OK(connection_.run("COMMIT"));
    return {};
}

Result<void> SqliteWriter::execute(Item& item) {
    SB_OK(connection_.run("SAVEPOINT item"));
    try {
        item.execute(connection_);
    } catch (const std::exception& problem) {
        item.fail_with(
            {Code::kInternal, "INTERNAL", std::string("a write failed: ") + problem.what()}
        );
    }
    if (!connection_.in_transaction()) {
        // A full disk or a read error can take the whole transaction back, earlier items too.
        const Error* const error = item.error();
        return error != nullptr
                   ? Result<void>(fail(*error))
                   : fail(Code::kInternal, "INTERNAL", "a write ended the transaction it was in");
    }
    if (item.error() != nullptr) {
        SB_OK(connection_.run("ROLLBACK TO item"));
    }
    SB_OK(connection_.run("RELEASE item"));
    return {};
}

void SqliteWriter::shorten_log() {
    const int pages = connection_.log_pages();
    log_tried_at_ = std::min(log_tried_at_, pages);
    if (pages - log_tried_at_ < checkpoints_.every) {
        return;
    }
    log_tried_at_ = pages;
    const bool long_enough = pages >= checkpoints_.restart;
    const auto done =
        connection_.checkpoint(long_enough ? Checkpoint::kRestart : Checkpoint::kPassive);
    if (!done) {
        // Nothing is lost: the log holds it, and the next checkpoint tries again.
        log::warning("a checkpoint failed", {{"error", done.error().message()}});
    }
}

void SqliteWriter::deliver(Batch batch) {
    // The loop's thread is the last to touch the items.
    async::post_to(loop_, [batch = std::move(batch)] {
        for (const auto& item : batch) {
            item->done.announce();
        }
    });
}

}  // namespace signalbox::store::sqlite
