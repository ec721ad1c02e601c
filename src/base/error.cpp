#include "base/error.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace signalbox {

Error system_error(int error_number, std::string_view what) {
    Code code = Code::kInternal;
    std::string word = "SYSTEM_ERROR";
    if (error_number == ENOSPC || error_number == EDQUOT) {
        code = Code::kNoSpace;
        word = "DISK_FULL";
    } else if (error_number == ENOENT) {
        code = Code::kNotFound;
        word = "FILE_NOT_FOUND";
    }
    return {
        code,
        std::move(word),
        std::string(what) + ": " + std::generic_category().message(error_number)
    };
}

void check_failed(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "%s:%d: broken invariant: %s\n", file, line, condition);
    std::abort();
}

}  // namespace signalbox
