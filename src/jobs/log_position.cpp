#include "jobs/log_position.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

namespace signalbox::jobs {

std::string to_text(const LogPosition& position) {
    return position.ended ? fmt::format("{}-end", position.attempt)
                          : fmt::format("{}-{}", position.attempt, position.offset);
}

std::optional<LogPosition> parse_log_position(std::string_view text) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) {
        return std::nullopt;
    }
    const auto attempt = parse_number<std::int32_t>(text.substr(0, dash));
    const std::string_view rest = text.substr(dash + 1);
    const auto offset = parse_number<std::uint64_t>(rest);
    if (!attempt || *attempt < 0 || (rest != "end" && !offset)) {
        return std::nullopt;
    }
    return LogPosition{.attempt = *attempt, .offset = offset.value_or(0), .ended = rest == "end"};
}

}  // namespace signalbox::jobs
