#include "store/sqlite/sqlite_database.hpp"

#include "base/fs.hpp"
#include "store/sqlite/integrity.hpp"
#include "store/sqlite/schema.hpp"

#include <string>
#include <utility>

namespace signalbox::store::sqlite {

namespace {

constexpr std::size_t kMaxIdleReaders = 4;

// The writer makes the checkpoints; the log file is cut back to 64 MiB when it begins anew. What
// savepoints keep of pages before a change stays in memory.
constexpr const char* kWriterSettings =
    "PRAGMA synchronous = FULL;"
    "PRAGMA foreign_keys = ON;"
    "PRAGMA journal_size_limit = 67108864;"
    "PRAGMA cache_size = -8000;"
    "PRAGMA temp_store = MEMORY;";

Result<void> use_write_ahead_log(Connection& connection) {
    Query query = connection.query("PRAGMA journal_mode = WAL");
    SB_TRY(const bool answered, query.next());
    if (!answered || query.text(0) != "wal") {
        return fail(
            Code::kUnavailable,
            "DATABASE_UNAVAILABLE",
            "the file system of " + connection.path().string() +
                " does not support SQLite's write-ahead log (shared memory); put the data "
                "directory on a local disk"
        );
    }
    return {};
}

Result<Connection> open_for_writing(const std::filesystem::path& path) {
    SB_TRY(Connection connection, Connection::open(path, Connection::Mode::kReadWrite));
    SB_OK(check_owner_and_version(connection));
    SB_OK(use_write_ahead_log(connection));
    SB_OK(connection.run_script(kWriterSettings));
    SB_OK(check_not_damaged(connection));
    SB_OK(migrate(connection));
    SB_OK(sync_directory(path.has_parent_path() ? path.parent_path() : "."));
    return connection;
}

}  // namespace

Result<Connection> ReaderPool::take() {
    {
        const std::lock_guard lock(mutex_);
        if (!idle_.empty()) {
            Connection connection = std::move(idle_.back());
            idle_.pop_back();
            return connection;
        }
    }
    return Connection::open(path_, Connection::Mode::kReadOnly);
}

void ReaderPool::give_back(Connection connection) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kMaxIdleReaders) {
        idle_.push_back(std::move(connection));
    }
}

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::open(
    Executor loop, async::BlockingPool& pool, const std::filesystem::path& path
) {
    SB_TRY(Connection writing, open_for_writing(path));
    SB_TRY(Connection reading, Connection::open(path, Connection::Mode::kReadOnly));
    return std::unique_ptr<SqliteDatabase>(
        new SqliteDatabase(loop, pool, std::move(writing), std::move(reading), path)
    );
}

std::unique_ptr<SqliteDatabase> SqliteDatabase::open_inline(Connection& connection) {
    return std::unique_ptr<SqliteDatabase>(new SqliteDatabase(connection));
}

SqliteDatabase::SqliteDatabase(
    Executor loop,
    async::BlockingPool& pool,
    Connection writing,
    Connection reading,
    const std::filesystem::path& path
)
    : pool_(&pool),
      writer_(std::make_shared<SqliteWriter>(loop, std::move(writing))),
      reading_(std::move(reading)),
      on_loop_(&*reading_),
      readers_(std::make_shared<ReaderPool>(path)) {}

Task<void> SqliteDatabase::stop() {
    // Let go of before the waiter goes on, so that its owner closes the file.
    return pool_->run([writer = writer_]() mutable { std::exchange(writer, nullptr)->finish(); });
}

}  // namespace signalbox::store::sqlite
