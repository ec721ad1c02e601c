#include "store/sqlite/connection.hpp"

#include "base/fs.hpp"
#include "store/sqlite/sqlite_error.hpp"

#include <fcntl.h>
#include <sqlite3.h>

#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace signalbox::store::sqlite {

namespace {

// Another process should not hold our file at all; a backup tool may for a moment.
constexpr int kBusyTimeoutMs = 5000;
// How long a checkpoint, and so the writer, waits for readers to come to their end.
constexpr int kCheckpointPatienceMs = 100;

// Looked up by a view, without a copy of the text.
struct TextHash {
    using is_transparent = void;

    std::size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>()(text);
    }
};

}  // namespace

// The idle statements of one text; one that is in use twice at once gets a second statement.
struct StatementCache {
    std::string_view sql;
    std::vector<sqlite3_stmt*> idle;
};

struct ConnectionState {
    std::filesystem::path path;
    sqlite3* handle = nullptr;
    int log_pages = 0;
    std::unordered_map<std::string, StatementCache, TextHash, std::equal_to<>> statements;

    ConnectionState() = default;
    ConnectionState(const ConnectionState&) = delete;
    ConnectionState& operator=(const ConnectionState&) = delete;

    ~ConnectionState() {
        for (const auto& [sql, cache] : statements) {
            for (sqlite3_stmt* const statement : cache.idle) {
                sqlite3_finalize(statement);
            }
        }
        sqlite3_close(handle);
    }

    [[nodiscard]] Error error(int result, std::string_view doing) const {
        return make_error(handle, result, path, doing);
    }
};

namespace {

// Called after each commit. Being there, it also keeps SQLite from making checkpoints by itself.
int note_log_pages(void* state, sqlite3* /*handle*/, const char* /*name*/, int pages) {
    static_cast<ConnectionState*>(state)->log_pages = pages;
    return SQLITE_OK;
}

}  // namespace

Query::Query(ConnectionState& owner, std::string_view sql) : owner_(&owner) {
    auto place = owner.statements.find(sql);
    if (place == owner.statements.end()) {
        place = owner.statements.emplace(std::string(sql), StatementCache()).first;
        place->second.sql = place->first;
    }
    cache_ = &place->second;
    if (!cache_->idle.empty()) {
        statement_ = cache_->idle.back();
        cache_->idle.pop_back();
        return;
    }
    note(sqlite3_prepare_v3(
        owner.handle,
        cache_->sql.data(),
        static_cast<int>(cache_->sql.size()),
        SQLITE_PREPARE_PERSISTENT,
        &statement_,
        nullptr
    ));
}

Query::Query(Query&& other) noexcept
    : owner_(other.owner_),
      cache_(other.cache_),
      statement_(std::exchange(other.statement_, nullptr)),
      bound_(other.bound_),
      problem_(other.problem_) {}

Query::~Query() {
    if (statement_ == nullptr) {
        return;
    }
    sqlite3_reset(statement_);
    if (bound_ > 0) {
        sqlite3_clear_bindings(statement_);
    }
    cache_->idle.push_back(statement_);
}

void Query::note(int result) {
    if (problem_ == SQLITE_OK) {
        problem_ = result;
    }
}

void Query::bind_integer(std::int64_t value) {
    note(sqlite3_bind_int64(statement_, ++bound_, value));
}

void Query::bind_real(double value) {
    note(sqlite3_bind_double(statement_, ++bound_, value));
}

void Query::bind_text(std::string_view value) {
    // An empty view may have no address, which would bind a null.
    const char* const data = value.empty() ? "" : value.data();
    note(
        sqlite3_bind_text64(statement_, ++bound_, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8)
    );
}

void Query::bind_null() {
    note(sqlite3_bind_null(statement_, ++bound_));
}

Result<bool> Query::next() {
    if (problem_ == SQLITE_OK) {
        const int result = sqlite3_step(statement_);
        if (result == SQLITE_ROW || result == SQLITE_DONE) {
            return result == SQLITE_ROW;
        }
        problem_ = result;
    }
    return fail(owner_->error(problem_, cache_->sql.substr(0, 80)));
}

std::int64_t Query::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}

double Query::real(int column) const {
    return sqlite3_column_double(statement_, column);
}

std::string Query::text(int column) const {
    const auto* const data = sqlite3_column_text(statement_, column);
    if (data == nullptr) {
        return {};
    }
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return {reinterpret_cast<const char*>(data), size};
}

bool Query::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Connection::Connection(std::unique_ptr<ConnectionState> state) : state_(std::move(state)) {}

Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Result<Connection> Connection::open(const std::filesystem::path& path, Mode mode) {
    int flags = SQLITE_OPEN_READONLY;
    if (mode == Mode::kReadWrite) {
        // SQLite gives the -wal and -shm files the mode of the database.
        SB_TRY(const UniqueFd made, open_file(path, O_RDWR | O_CREAT, 0600));
        flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    }
    auto state = std::make_unique<ConnectionState>();
    state->path = path;
    const int result = sqlite3_open_v2(
        path.c_str(), &state->handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr
    );
    if (result != SQLITE_OK) {
        return fail(state->error(result, "open"));
    }
    // Before anything else: even a PRAGMA can meet a lock.
    sqlite3_busy_timeout(state->handle, kBusyTimeoutMs);
    sqlite3_wal_hook(state->handle, note_log_pages, state.get());
    return Connection(std::move(state));
}

Result<std::int64_t> Connection::finish(Query query) {
    for (;;) {
        SB_TRY(const bool more, query.next());
        if (!more) {
            return sqlite3_changes64(state_->handle);
        }
    }
}

Result<std::optional<std::int64_t>> Connection::first_integer(Query query) {
    SB_TRY(const bool found, query.next());
    if (!found || query.is_null(0)) {
        return std::nullopt;
    }
    return query.integer(0);
}

Result<void> Connection::run_script(const std::string& sql) {
    const int result = sqlite3_exec(state_->handle, sql.c_str(), nullptr, nullptr, nullptr);
    if (result != SQLITE_OK) {
        return fail(state_->error(result, std::string_view(sql).substr(0, 80)));
    }
    return {};
}

Result<void> Connection::checkpoint(Checkpoint mode) {
    const bool restart = mode == Checkpoint::kRestart;
    sqlite3_busy_timeout(state_->handle, kCheckpointPatienceMs);
    const int result = sqlite3_wal_checkpoint_v2(
        state_->handle,
        nullptr,
        restart ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE,
        nullptr,
        nullptr
    );
    sqlite3_busy_timeout(state_->handle, kBusyTimeoutMs);
    if (result != SQLITE_OK && result != SQLITE_BUSY) {
        return fail(state_->error(result, "checkpoint"));
    }
    return {};
}

int Connection::log_pages() const {
    return state_->log_pages;
}

std::vector<std::string> Connection::statements() const {
    std::vector<std::string> texts;
    for (const auto& [sql, cache] : state_->statements) {
        texts.push_back(sql);
    }
    return texts;
}

bool Connection::in_transaction() const {
    return sqlite3_get_autocommit(state_->handle) == 0;
}

std::int64_t Connection::last_row_id() const {
    return sqlite3_last_insert_rowid(state_->handle);
}

const std::filesystem::path& Connection::path() const {
    return state_->path;
}

ReadSnapshot::ReadSnapshot(Connection& connection)
    : connection_(connection), open_(connection.run("BEGIN").has_value()) {}

ReadSnapshot::~ReadSnapshot() {
    if (open_) {
        // A read transaction has nothing to lose: whatever COMMIT says, it is over.
        static_cast<void>(connection_.run("COMMIT"));
    }
}

}  // namespace signalbox::store::sqlite
