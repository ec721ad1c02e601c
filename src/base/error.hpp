// What went wrong, as a value: Error, Result<T>, and the macros that pass an error on.
//
// Model: `Code` is a small canonical set that decides what a caller does (contract/ maps it to an
// HTTP status), `word` is the stable machine word of the case (`JOB_NOT_FOUND`), `message` is one
// sentence for people with the offending value and the limit. `context` carries machine-readable
// facts beside the sentence.
//
// Threads: any.  Suspends: never.  Errors: this is them.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace signalbox {

enum class Code : std::uint8_t {
    kInvalid,          ///< the request makes no sense: 400
    kUnauthenticated,  ///< no credential, or a wrong one: 401
    kForbidden,        ///< known, but not allowed: 403
    kNotFound,         ///< unknown, or not yours: 404
    kMethod,           ///< the path exists, the method does not: 405
    kConflict,         ///< the state does not allow it: 409
    kGone,             ///< over; for workers: fenced: 410
    kTooLarge,         ///< above a size limit: 413
    kUnsupported,      ///< media type: 415
    kRange,            ///< no such byte range: 416
    kUnprocessable,    ///< a field is out of range; see Error::fields(): 422
    kExhausted,        ///< a rate or a quota is used up; see Error::retry_after(): 429
    kInternal,         ///< a bug, or a broken file of ours: 500
    kNotImplemented,   ///< announced, not there yet: 501
    kUnavailable,      ///< a backend is away; trying again may help: 503
    kDeadline,         ///< it took too long: 504
    kNoSpace,          ///< the disk is full, or nearly: 507
    kCancelled,        ///< the caller gave up; never sent
};

/// One field that failed validation; `location` is dotted: `body.cpu_request`, `query.limit`.
struct FieldError {
    std::string location;
    std::string message;
    std::string type;
};

/// Text that is JSON already and is put into the error body as it is.
struct JsonText {
    std::string text;
};

using ContextValue = std::variant<std::string, std::int64_t, double, bool, JsonText>;

/// One pointer wide, because every Result in every waiting coroutine has room for one.
class Error {
public:
    using Context = std::vector<std::pair<std::string, ContextValue>>;

    Error(Code code, std::string word, std::string message)
        : facts_(std::make_unique<Facts>(code, std::move(word), std::move(message))) {}

    Error(const Error& other) : facts_(std::make_unique<Facts>(*other.facts_)) {}

    Error(Error&&) noexcept = default;

    Error& operator=(const Error& other) {
        facts_ = std::make_unique<Facts>(*other.facts_);
        return *this;
    }

    Error& operator=(Error&&) noexcept = default;
    ~Error() = default;

    [[nodiscard]] Code code() const { return facts_->code; }

    [[nodiscard]] const std::string& word() const { return facts_->word; }

    [[nodiscard]] const std::string& message() const { return facts_->message; }

    [[nodiscard]] const Context& context() const { return facts_->context; }

    [[nodiscard]] const std::vector<FieldError>& fields() const { return facts_->fields; }

    [[nodiscard]] std::optional<std::chrono::seconds> retry_after() const {
        return facts_->retry_after;
    }

    [[nodiscard]] Error with(std::string key, ContextValue value) && {
        facts_->context.emplace_back(std::move(key), std::move(value));
        return std::move(*this);
    }

    [[nodiscard]] Error with_field(FieldError field) && {
        facts_->fields.push_back(std::move(field));
        return std::move(*this);
    }

    [[nodiscard]] Error with_retry_after(std::chrono::seconds wait) && {
        facts_->retry_after = wait;
        return std::move(*this);
    }

    /// The same error with `where: ` before its sentence.
    [[nodiscard]] Error prefixed(std::string_view where) && {
        facts_->message = std::string(where) + ": " + facts_->message;
        return std::move(*this);
    }

private:
    struct Facts {
        Code code;
        std::string word;
        std::string message;
        Context context;
        std::vector<FieldError> fields;
        std::optional<std::chrono::seconds> retry_after;
    };

    std::unique_ptr<Facts> facts_;
};

/// A value or the reason why there is none. Dropping one is a compile error.
template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
public:
    using std::expected<T, Error>::expected;
};

using Failure = std::unexpected<Error>;

inline Failure fail(Code code, std::string word, std::string message) {
    return Failure(Error(code, std::move(word), std::move(message)));
}

inline Failure fail(Error error) {
    return Failure(std::move(error));
}

/// An error of the operating system: `what` names the act and the path, errno gives the sentence.
/// ENOSPC and EDQUOT become kNoSpace, ENOENT kNotFound, all others kInternal.
[[nodiscard]] Error system_error(int error_number, std::string_view what);

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace signalbox

#define SB_CONCAT_(a, b) a##b
#define SB_CONCAT(a, b) SB_CONCAT_(a, b)
#define SB_TRY_(leave, tmp, decl, ...)                      \
    auto tmp = (__VA_ARGS__);                               \
    if (!tmp.has_value())                                   \
        leave ::signalbox::Failure(std::move(tmp).error()); \
    decl = *std::move(tmp)
#define SB_OK_(leave, tmp, ...)                     \
    if (auto tmp = (__VA_ARGS__); !tmp.has_value()) \
    leave ::signalbox::Failure(std::move(tmp).error())

/// `SB_TRY(const auto job, parse_job(text));` declares `job` or returns the error.
#define SB_TRY(decl, ...) SB_TRY_(return, SB_CONCAT(sb_try_, __LINE__), decl, __VA_ARGS__)
/// The same in a coroutine: `SB_CO_TRY(const auto job, co_await store.get_job(id));`
#define SB_CO_TRY(decl, ...) SB_TRY_(co_return, SB_CONCAT(sb_try_, __LINE__), decl, __VA_ARGS__)
/// For a Result<void>: `SB_OK(check_limits(request));`
#define SB_OK(...) SB_OK_(return, SB_CONCAT(sb_ok_, __LINE__), __VA_ARGS__)
/// The same in a coroutine.
#define SB_CO_OK(...) SB_OK_(co_return, SB_CONCAT(sb_ok_, __LINE__), __VA_ARGS__)
/// Ends the process when an invariant is lost whose loss would corrupt state.
#define SB_CHECK(condition) \
    ((condition) ? static_cast<void>(0) : ::signalbox::check_failed(#condition, __FILE__, __LINE__))
