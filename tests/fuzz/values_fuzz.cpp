// Small values of protocols: what was accepted keeps its promises, what was written is read back.
#include "base/text.hpp"
#include "base/time.hpp"
#include "base/url.hpp"
#include "tests/fuzz/input.hpp"
#include "wire/header_value.hpp"
#include "wire/http_range.hpp"

#include <string>

namespace {

using namespace signalbox;

void check_url(std::string_view text) {
    SB_CHECK(percent_decode(percent_encode(text)).value() == text);
    SB_CHECK(percent_decode(percent_encode_path(text)).value() == text);
    const auto query = parse_query(text);
    if (query) {
        SB_CHECK(query->size() <= kMaxQueryParams);
        SB_CHECK(parse_query(format_query(*query)).value() == *query);
    }
}

void check_text(std::string_view text) {
    SB_CHECK(is_valid_utf8(to_valid_utf8(text)));
    SB_CHECK(!is_valid_utf8(text) || to_valid_utf8(text) == text);
    SB_CHECK(from_base64url(to_base64url(text)) == std::string(text));
    if (const auto instant = parse_rfc3339(text)) {
        SB_CHECK(parse_rfc3339(to_rfc3339(*instant)) == instant);
    }
}

void check_header_values(std::string_view text) {
    static_cast<void>(wire::parse_header_value(text));
    if (const auto boundary = wire::parse_multipart_boundary(text)) {
        SB_CHECK(!boundary->empty() && boundary->size() <= 70);
        SB_CHECK(!has_control_characters(*boundary));
    }
    const auto attachment = wire::parse_header_value(wire::format_attachment(text));
    SB_CHECK(attachment.has_value() && attachment->value == "attachment");
    SB_CHECK(!is_valid_utf8(text) || attachment->find("filename") == text);
}

void check_range(std::string_view text, std::uint64_t size) {
    const wire::RangeAnswer answer = wire::parse_range(text, size);
    if (answer.kind == wire::RangeAnswer::Kind::kPart) {
        SB_CHECK(answer.length > 0 && answer.offset < size);
        SB_CHECK(answer.length <= size - answer.offset);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::as_text(data, size);
    check_url(text);
    check_text(text);
    check_header_values(text);
    check_range(text, size);
    return 0;
}
