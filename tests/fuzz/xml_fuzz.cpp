// The fast reader of XML is sure of nothing that the slow one refuses or reads differently, and
// neither minds where its input is cut.
#include "base/error.hpp"
#include "scenario/xml/xml_reader.hpp"
#include "scenario/xml/xml_scanner.hpp"
#include "tests/fuzz/input.hpp"

namespace {

using namespace signalbox;

struct Reading {
    bool fine = false;
    std::string elements;

    bool operator==(const Reading&) const = default;
};

template <class Reader>
void note(
    Reading& reading,
    Reader& reader,
    std::string_view name,
    const scenario::XmlAttributes& attributes
) {
    reading.elements += std::to_string(reader.depth()) + "@" + std::to_string(reader.line()) + " ";
    reading.elements.append(name);
    attributes.visit([&](std::string_view key, std::string_view value) {
        reading.elements.append("\n ").append(key).append("=").append(value);
    });
    reading.elements += "\n";
}

Reading scan(const std::vector<std::string_view>& pieces) {
    Reading reading;
    scenario::XmlScanner* at = nullptr;
    scenario::XmlScanner scanner([&](std::string_view name, const auto& attributes) {
        note(reading, *at, name, attributes);
    });
    at = &scanner;
    for (const std::string_view piece : pieces) {
        scanner.feed(piece);
    }
    reading.fine = scanner.finish();
    return reading;
}

Reading read(const std::vector<std::string_view>& pieces) {
    Reading reading;
    scenario::XmlReader* at = nullptr;
    scenario::XmlReader reader({
        .on_start = [&](std::string_view name,
                        const auto& attributes) { note(reading, *at, name, attributes); },
        .on_end = {},
        .on_text = {},
    });
    at = &reader;
    for (const std::string_view piece : pieces) {
        reader.feed(piece);
    }
    reading.fine = reader.finish();
    return reading;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::CutText input(fuzz::as_text(data, size));
    const Reading whole = read({input.text});
    const Reading cut = read(input.pieces());
    SB_CHECK(whole.fine == cut.fine && (!whole.fine || whole == cut));
    for (const Reading& fast : {scan({input.text}), scan(input.pieces())}) {
        SB_CHECK(!fast.fine || fast == whole);
    }
    return 0;
}
