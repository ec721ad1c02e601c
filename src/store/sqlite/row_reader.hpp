// Reads the columns of a row one after the other, into the types of the model.
//
// Threads: one at a time.  Suspends: never.
// Errors: a word that is none is remembered; ask problem() when the row is read.
#pragma once

#include "base/error.hpp"
#include "store/page.hpp"
#include "store/sqlite/connection.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace signalbox::store::sqlite {

inline Instant to_instant(std::int64_t milliseconds) {
    return Instant(std::chrono::milliseconds(milliseconds));
}

class RowReader {
public:
    explicit RowReader(const Query& query, int first_column = 0)
        : query_(query), column_(first_column) {}

    std::int64_t integer() { return query_.integer(column_++); }

    std::int32_t small_integer() { return static_cast<std::int32_t>(integer()); }

    bool flag() { return integer() != 0; }

    std::string text() { return query_.text(column_++); }

    Instant instant() { return to_instant(integer()); }

    std::chrono::seconds seconds() { return std::chrono::seconds(integer()); }

    std::optional<std::int64_t> integer_or_null() {
        return next_is_null() ? skip() : std::optional(integer());
    }

    std::optional<double> real_or_null() {
        if (next_is_null()) {
            skip();
            return std::nullopt;
        }
        return query_.real(column_++);
    }

    std::optional<Instant> instant_or_null() {
        const auto milliseconds = integer_or_null();
        return milliseconds ? std::optional(to_instant(*milliseconds)) : std::nullopt;
    }

    /// A word of the contract by its parse function.
    template <class Value>
    Value word(std::optional<Value> (*parse)(std::string_view)) {
        const std::string text = this->text();
        const std::optional<Value> value = parse(text);
        if (!value) {
            unknown_word_ = text;
        }
        return value.value_or(Value{});
    }

    /// kInternal when a word was unknown.
    [[nodiscard]] Result<void> problem() const {
        if (unknown_word_) {
            return fail(
                Code::kInternal,
                "DATABASE_DAMAGED",
                "the database holds a word that this program does not know: '" + *unknown_word_ +
                    "'"
            );
        }
        return {};
    }

private:
    [[nodiscard]] bool next_is_null() const { return query_.is_null(column_); }

    std::optional<std::int64_t> skip() {
        ++column_;
        return std::nullopt;
    }

    const Query& query_;
    int column_;
    std::optional<std::string> unknown_word_;
};

/// All rows of the query; `read(const Query&)` makes a Result<T> of one.
template <class Read>
auto collect(Query query, Read read)
    -> Result<std::vector<typename std::invoke_result_t<Read&, const Query&>::value_type>> {
    std::vector<typename std::invoke_result_t<Read&, const Query&>::value_type> rows;
    for (;;) {
        SB_TRY(const bool more, query.next());
        if (!more) {
            return rows;
        }
        SB_TRY(auto row, read(query));
        rows.push_back(std::move(row));
    }
}

/// At most `limit` rows of a query that gives one more when there is more. The page's key is the
/// number in column `key_column` of its last row.
template <class T, class Read>
Result<Page<T>> collect_page(Query query, Read read, int key_column, std::int64_t limit) {
    Page<T> page;
    std::int64_t last_key = 0;
    for (;;) {
        SB_TRY(const bool more, query.next());
        if (!more) {
            return page;
        }
        if (std::cmp_greater_equal(page.rows.size(), limit)) {
            page.next = std::to_string(last_key);
            return page;
        }
        SB_TRY(auto row, read(query));
        page.rows.push_back(std::move(row));
        last_key = query.integer(key_column);
    }
}

}  // namespace signalbox::store::sqlite
