// One connection to a database file, and the statements run on it.
//
// A Query is one use of a prepared statement: its parameters are bound by position (`?1`…), its
// rows are stepped through, and when it goes the statement returns to the connection's cache. A
// problem with preparing or binding comes up at the first next().
//
// Threads: one at a time per connection and its queries.  Suspends: never (it blocks).
// Errors: as make_error makes them.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

struct sqlite3_stmt;

namespace signalbox::store::sqlite {

class Connection;
struct ConnectionState;
struct StatementCache;

class Query {
public:
    Query(Query&&) noexcept;
    Query& operator=(Query&&) = delete;
    ~Query();

    /// True when there is a (further) row.
    Result<bool> next();

    // Columns of the present row, from 0; a null reads as zero or as empty.
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] double real(int column) const;
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] bool is_null(int column) const;

private:
    friend class Connection;

    Query(ConnectionState& owner, std::string_view sql);

    void bind_integer(std::int64_t value);
    void bind_real(double value);
    void bind_text(std::string_view value);
    void bind_null();
    void note(int result);

    template <class T>
    void bind(const std::optional<T>& value) {
        value ? bind(*value) : bind_null();
    }

    template <class T>
    void bind(const T& value) {
        if constexpr (std::is_same_v<T, Instant>) {
            bind_integer(value.time_since_epoch().count());
        } else if constexpr (std::is_integral_v<T>) {
            bind_integer(static_cast<std::int64_t>(value));
        } else if constexpr (std::is_floating_point_v<T>) {
            bind_real(value);
        } else {
            bind_text(value);
        }
    }

    ConnectionState* owner_;
    StatementCache* cache_ = nullptr;
    sqlite3_stmt* statement_ = nullptr;
    int bound_ = 0;
    int problem_ = 0;
};

/// What is done with the write-ahead log. kRestart waits for readers too, but only for a moment.
enum class Checkpoint : std::uint8_t {
    kPassive,  ///< copies as much as readers allow
    kRestart   ///< copies all, and the next commit begins the log anew
};

class Connection {
public:
    enum class Mode : std::uint8_t { kReadWrite, kReadOnly };

    /// Opens the file (and makes it, readable by its owner only, for kReadWrite).
    static Result<Connection> open(const std::filesystem::path& path, Mode mode);

    Connection(Connection&&) noexcept;
    Connection& operator=(Connection&&) noexcept;
    ~Connection();

    template <class... Parameters>
    [[nodiscard]] Query query(std::string_view sql, const Parameters&... parameters) {
        Query query(*state_, sql);
        (query.bind(parameters), ...);
        return query;
    }

    /// Runs a statement to its end; returns the number of rows it changed.
    template <class... Parameters>
    Result<std::int64_t> run(std::string_view sql, const Parameters&... parameters) {
        return finish(query(sql, parameters...));
    }

    /// The first column of the first row, if there is one and it is not null.
    template <class... Parameters>
    Result<std::optional<std::int64_t>> find_integer(
        std::string_view sql, const Parameters&... parameters
    ) {
        return first_integer(query(sql, parameters...));
    }

    /// Several statements without parameters or results.
    Result<void> run_script(const std::string& sql);

    /// Brings the write-ahead log into the database file. A connection that writes never does this
    /// by itself. That readers stood in the way is no error.
    Result<void> checkpoint(Checkpoint mode);

    /// Length of the write-ahead log after the last commit on this connection.
    [[nodiscard]] int log_pages() const;

    /// All statements that were prepared so far: what tests look at the plans of.
    [[nodiscard]] std::vector<std::string> statements() const;

    [[nodiscard]] bool in_transaction() const;
    [[nodiscard]] std::int64_t last_row_id() const;
    [[nodiscard]] const std::filesystem::path& path() const;

private:
    explicit Connection(std::unique_ptr<ConnectionState> state);

    Result<std::int64_t> finish(Query query);
    static Result<std::optional<std::int64_t>> first_integer(Query query);

    std::unique_ptr<ConnectionState> state_;
};

/// Several reads of one state of the database; ends with the object.
class ReadSnapshot {
public:
    explicit ReadSnapshot(Connection& connection);
    ~ReadSnapshot();
    ReadSnapshot(const ReadSnapshot&) = delete;
    ReadSnapshot& operator=(const ReadSnapshot&) = delete;

private:
    Connection& connection_;
    bool open_;
};

}  // namespace signalbox::store::sqlite
