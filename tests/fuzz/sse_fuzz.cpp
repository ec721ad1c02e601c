// An event stream is read the same wherever it is cut, and what was read is written so that it is
// read again.
#include "tests/fuzz/input.hpp"
#include "wire/sse_parser.hpp"
#include "wire/sse_writer.hpp"

namespace {

using namespace signalbox;

struct Reading {
    std::vector<wire::SseEvent> events;
    std::string last_id;
    std::optional<std::chrono::milliseconds> retry;
    bool too_large = false;

    bool operator==(const Reading&) const = default;
};

Reading read(const std::vector<std::string_view>& pieces, std::size_t max_event_bytes) {
    wire::SseParser parser(max_event_bytes);
    Reading reading;
    for (const std::string_view piece : pieces) {
        reading.too_large = !parser.feed(piece).has_value();
        while (auto event = parser.next()) {
            reading.events.push_back(*std::move(event));
        }
    }
    reading.last_id = parser.last_event_id();
    reading.retry = parser.retry();
    return reading;
}

// Each for itself, because an event without an id leaves the one before in force.
void check_round_trip(const Reading& reading) {
    for (const wire::SseEvent& event : reading.events) {
        const bool writable = !event.event.contains('\0');
        std::string written;
        wire::append_event(written, event);
        SB_CHECK(!writable || read({written}, std::size_t{1} << 20U).events == std::vector{event});
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t kMaxEvent = 100;
    const fuzz::CutText input(fuzz::as_text(data, size));
    const Reading reading = read({input.text}, kMaxEvent);
    SB_CHECK(reading == read(input.pieces(), kMaxEvent));
    check_round_trip(reading);
    return 0;
}
