// A multipart body is read the same wherever it is cut.
#include "tests/fuzz/input.hpp"
#include "wire/multipart_parser.hpp"

#include <string>

namespace {

using namespace signalbox;
using Kind = wire::MultipartParser::Kind;

struct Reading {
    std::string text;
    std::string error;

    bool operator==(const Reading&) const = default;
};

Reading read(const std::vector<std::string_view>& pieces) {
    wire::MultipartParser parser("b", {.header_bytes = 200, .parts = 8});
    Reading reading;
    for (const std::string_view piece : pieces) {
        parser.feed(piece);
        while (true) {
            const auto event = parser.next();
            if (!event) {
                SB_CHECK(!parser.next().has_value());
                reading.error = event.error().message();
                return reading;
            }
            if (event->kind == Kind::kNeedMore || event->kind == Kind::kEnd) {
                break;
            }
            if (event->kind == Kind::kPartBegin) {
                reading.text += "<" + parser.part().name + "|" +
                                parser.part().filename.value_or("-") + "|" +
                                parser.part().content_type + ">";
            } else if (event->kind == Kind::kPartEnd) {
                reading.text += "</>";
            } else {
                SB_CHECK(!event->data.empty());
                reading.text += event->data;
            }
        }
    }
    if (const auto finished = parser.finish(); !finished) {
        reading.error = finished.error().message();
    }
    return reading;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::CutText input(fuzz::as_text(data, size));
    SB_CHECK(read({input.text}) == read(input.pieces()));
    return 0;
}
