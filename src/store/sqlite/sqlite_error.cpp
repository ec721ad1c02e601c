#include "store/sqlite/sqlite_error.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <string>

namespace signalbox::store::sqlite {

namespace {

bool is_disk_full(sqlite3* database, int result) {
    if ((result & 0xFF) == SQLITE_FULL) {
        return true;
    }
    // Also the log and the shared memory beside the database have to be made and to grow.
    const bool file = (result & 0xFF) == SQLITE_IOERR || (result & 0xFF) == SQLITE_CANTOPEN;
    return file && database != nullptr &&
           (sqlite3_system_errno(database) == ENOSPC || sqlite3_system_errno(database) == EDQUOT);
}

}  // namespace

Error database_damaged(const std::filesystem::path& path, std::string_view detail) {
    const std::string file = path.string();
    return {
        Code::kInternal,
        "DATABASE_DAMAGED",
        "the database " + file + " is damaged or not a database (" + std::string(detail) +
            "); stop the server, keep a copy of the file with its -wal, then restore a backup; "
            "without one, `.recover` of a sqlite3 that was built with it (Debian's was not) saves "
            "what can be read"
    };
}

Error make_error(
    sqlite3* database, int result, const std::filesystem::path& path, std::string_view doing
) {
    const std::string file = path.string();
    const std::string detail =
        std::string(doing) + ": " +
        (database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(result));
    if (is_disk_full(database, result)) {
        return {
            Code::kNoSpace,
            "DISK_FULL",
            "the disk (or the quota) that holds the database " + file +
                " is full; free some space: nothing was stored"
        };
    }
    switch (result & 0xFF) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return database_damaged(path, detail);
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_PROTOCOL:
        case SQLITE_INTERRUPT:
            return {
                Code::kUnavailable,
                "DATABASE_UNAVAILABLE",
                "the database " + file + " is not available (" + detail + ")"
            };
        case SQLITE_CONSTRAINT:
            return {Code::kConflict, "DATABASE_CONSTRAINT", file + ": " + detail};
        default:
            return {Code::kInternal, "DATABASE_ERROR", "the database " + file + ": " + detail};
    }
}

}  // namespace signalbox::store::sqlite
