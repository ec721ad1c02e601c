// Whether a database file is sound, asked at the start: a server must not go on writing into a
// damaged one, nor find out weeks later.
//
// A file of ordinary size is read whole (`PRAGMA quick_check`, some milliseconds per 10 MiB). Of a
// larger one the beginning of each table is looked at, so that the start does not take longer with
// every job; damage further inside is an error of the call that meets it.
//
// Threads: any (blocks).  Suspends: never.  Errors: kInternal `DATABASE_DAMAGED` with what to do.
#pragma once

#include "base/error.hpp"
#include "store/sqlite/connection.hpp"

namespace signalbox::store::sqlite {

inline constexpr std::int64_t kReadWholeBytes = std::int64_t{32} << 20;

/// Files up to `read_whole_bytes` are read whole.
Result<void> check_not_damaged(
    Connection& connection, std::int64_t read_whole_bytes = kReadWholeBytes
);

}  // namespace signalbox::store::sqlite
