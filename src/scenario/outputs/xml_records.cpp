#include "scenario/outputs/xml_records.hpp"

#include "base/text.hpp"
#include "scenario/archive/bytes.hpp"
#include "scenario/options/configuration.hpp"
#include "scenario/xml/xml_reader.hpp"

#include <cmath>
#include <utility>

namespace signalbox::scenario {

Result<bool> read_elements(const std::filesystem::path& file, const OnElement& on_element) {
    SB_TRY(auto packed, open_file_source(file));
    auto source = make_gunzip_source(std::move(packed));
    if (!source) {
        return false;  // not even a beginning
    }
    XmlReader* at = nullptr;
    XmlReader reader({
        .on_start =
            [&](std::string_view name, const XmlAttributes& attributes) {
                if (!on_element(name, attributes)) {
                    at->stop();
                }
            },
        .on_end = {},
        .on_text = {},
    });
    at = &reader;
    const auto read =
        read_all(**source, [&reader](std::string_view piece) { return reader.feed(piece); });
    if (!read && read.error().code() != Code::kInvalid) {
        return fail(read.error());
    }
    const bool whole = reader.finish();  // also hands out what was held back
    return read.has_value() && whole;
}

model::Figure figure(const XmlAttributes& attributes, std::string_view name) {
    const auto text = attributes.find(name);
    return text ? parse_time(*text) : std::nullopt;
}

model::Count count(const XmlAttributes& attributes, std::string_view name) {
    const model::Figure number = figure(attributes, name);
    if (!number || std::abs(*number) > 1e15) {
        return std::nullopt;
    }
    return static_cast<std::int64_t>(*number);
}

}  // namespace signalbox::scenario
