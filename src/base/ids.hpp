// Strong identifiers: a JobId is not a TenantId, though both are text.
//
// Ids that name a row of ours are UUIDv7 in canonical lower-case text (RFC 9562), ordered by time;
// a TenantId is the tenant's own name.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace signalbox {

template <class Tag>
struct Id {
    std::string text;

    auto operator<=>(const Id&) const = default;

    [[nodiscard]] bool empty() const { return text.empty(); }
};

using JobId = Id<struct JobTag>;
using TenantId = Id<struct TenantTag>;
using KeyId = Id<struct KeyTag>;

/// One try at running a job; `n` counts from 1. Names the run everywhere: store, files, runner.
struct AttemptId {
    JobId job;
    std::int32_t n = 0;

    auto operator<=>(const AttemptId&) const = default;

    /// `<job>-<n>`: the deterministic name under which a runner starts it.
    [[nodiscard]] std::string name() const { return job.text + "-" + std::to_string(n); }
};

/// What people see and type of a UUIDv7: its last 8 characters (the first ones are the time).
inline std::string_view short_form(std::string_view uuid) {
    return uuid.size() <= 8 ? uuid : uuid.substr(uuid.size() - 8);
}

}  // namespace signalbox

template <class Tag>
struct std::hash<signalbox::Id<Tag>> {
    std::size_t operator()(const signalbox::Id<Tag>& id) const noexcept {
        return std::hash<std::string>()(id.text);
    }
};

template <>
struct std::hash<signalbox::AttemptId> {
    std::size_t operator()(const signalbox::AttemptId& id) const noexcept {
        return std::hash<std::string>()(id.job.text) * 31 + static_cast<std::size_t>(id.n);
    }
};
