// An answer as the client reads it, the same wherever it is cut.
#include "base/error.hpp"
#include "net/http_parser.hpp"
#include "tests/fuzz/input.hpp"

#include <string>

namespace {

using namespace signalbox;

std::string read(const std::vector<std::string_view>& pieces) {
    net::HeadScanner scanner(1'000);
    net::MessageParser parser(net::MessageParser::Kind::kResponse);
    std::string input;
    std::string seen;
    bool in_body = false;
    for (const std::string_view piece : pieces) {
        input += piece;
        if (!in_body) {
            const auto size = scanner.scan(input);
            if (!size) {
                return "refused head";
            }
            if (*size == 0) {
                continue;
            }
            const auto head = parser.parse_head(std::string_view(input).substr(0, *size));
            if (!head) {
                return "refused head";
            }
            input.erase(0, *size);
            seen = std::to_string(head->status) + "\n";
            in_body = true;
        }
        while (!parser.body().done()) {
            const auto step = parser.body().decode(input);
            if (!step) {
                return seen + " refused body";
            }
            seen += step->data;
            input.erase(0, step->consumed);
            if (step->consumed == 0) {
                break;
            }
        }
    }
    return in_body && parser.body().finish().has_value() ? seen + " whole" : seen + " cut";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::CutText input(fuzz::as_text(data, size));
    SB_CHECK(read({input.text}) == read(input.pieces()));
    return 0;
}
