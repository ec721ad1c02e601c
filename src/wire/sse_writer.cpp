#include "wire/sse_writer.hpp"

#include <algorithm>

namespace signalbox::wire {

namespace {

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out += name;
    out += ": ";
    for (const char c : value) {
        const bool breaks = c == '\r' || c == '\n' || c == '\0';
        out += breaks ? ' ' : c;
    }
    out += '\n';
}

}  // namespace

void append_event(std::string& out, const SseEvent& event) {
    if (!event.id.empty()) {
        append_field(out, "id", event.id);
    }
    if (!event.event.empty()) {
        append_field(out, "event", event.event);
    }
    for (std::string_view rest = event.data;;) {
        const std::size_t end = rest.find_first_of("\r\n");
        out += "data: ";
        out += rest.substr(0, end);
        out += '\n';
        if (end == std::string_view::npos) {
            break;
        }
        rest.remove_prefix(rest.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
    }
    out += '\n';
}

std::string format_comment(std::string_view text) {
    std::string out;
    append_field(out, "", text);
    out += '\n';
    return out;
}

std::string format_retry(std::chrono::milliseconds wait) {
    return "retry: " + std::to_string(std::max<std::int64_t>(wait.count(), 0)) + "\n\n";
}

}  // namespace signalbox::wire
