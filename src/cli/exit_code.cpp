#include "cli/exit_code.hpp"

namespace signalbox::cli {

int exit_code_of(const Error& error) {
    if (error.word() == kUnreachableWord) {
        return kExitUnreachable;
    }
    if (error.word() == kUsageWord) {
        return kExitUsage;
    }
    switch (error.code()) {
        case Code::kUnauthenticated:
        case Code::kForbidden:
            return kExitDenied;
        case Code::kNotFound:
            return kExitNotFound;
        case Code::kExhausted:
            return kExitLimit;
        default:
            return kExitError;
    }
}

int exit_code_of(model::JobStatus status) {
    switch (status) {
        case model::JobStatus::kSucceeded:
            return kExitSuccess;
        case model::JobStatus::kFailed:
            return kExitJobFailed;
        case model::JobStatus::kCancelled:
            return kExitJobCancelled;
        default:
            return kExitJobRuns;
    }
}

Failure usage_error(std::string message) {
    return fail(Code::kInvalid, std::string(kUsageWord), std::move(message));
}

}  // namespace signalbox::cli
