#include "store/sqlite/integrity.hpp"

#include "store/sqlite/row_reader.hpp"
#include "store/sqlite/sqlite_error.hpp"

#include <string>
#include <vector>

namespace signalbox::store::sqlite {

namespace {

Result<void> read_whole(Connection& connection) {
    Query query = connection.query("PRAGMA quick_check(1)");
    SB_TRY(const bool answered, query.next());
    const std::string verdict = answered ? query.text(0) : "no answer of quick_check";
    if (verdict != "ok") {
        return fail(database_damaged(connection.path(), verdict));
    }
    return {};
}

Result<void> read_beginnings(Connection& connection) {
    SB_TRY(
        const auto tables,
        collect(
            connection.query("SELECT name FROM sqlite_schema WHERE type = 'table'"),
            [](const Query& row) -> Result<std::string> { return row.text(0); }
        )
    );
    for (const std::string& table : tables) {
        SB_OK(connection.run("SELECT * FROM \"" + table + "\" LIMIT 1"));
    }
    return {};
}

}  // namespace

Result<void> check_not_damaged(Connection& connection, std::int64_t read_whole_bytes) {
    SB_TRY(
        const auto bytes,
        connection.find_integer(
            "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        )
    );
    return bytes > read_whole_bytes ? read_beginnings(connection) : read_whole(connection);
}

}  // namespace signalbox::store::sqlite
