#include "scenario/xml/xml_reader.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

#include <expat.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace signalbox::scenario {

namespace {

constexpr std::size_t kMaxDepth = 10'000;
constexpr std::size_t kMaxEntityBytes = 256;
constexpr std::int64_t kMaxTokenBytes = std::int64_t{16} << 20U;

XML_Parser as_parser(void* parser) {
    return static_cast<XML_Parser>(parser);
}

std::string sentence_of(XML_Error code) {
    if (code == XML_ERROR_NO_ELEMENTS) {
        return "the file is empty or ends before its root element is closed";
    }
    const char* text = XML_ErrorString(code);
    return text != nullptr ? text : "not well-formed";
}

}  // namespace

struct XmlReader::Bridge {
    static XmlReader& of(void* data) { return *static_cast<XmlReader*>(data); }

    static void start(void* data, const XML_Char* name, const XML_Char** attributes) {
        XmlReader& reader = of(data);
        if (reader.depth_++ == 0) {
            reader.root_ = name;
        }
        if (reader.depth_ > kMaxDepth) {
            reader.too_deep_ = true;
            XML_StopParser(as_parser(reader.parser_.get()), XML_FALSE);
        } else if (reader.handlers_.on_start) {
            reader.handlers_.on_start(name, XmlAttributes(attributes));
        }
    }

    static void end(void* data, const XML_Char* name) {
        XmlReader& reader = of(data);
        reader.root_closed_ = --reader.depth_ == 0;
        if (reader.handlers_.on_end) {
            reader.handlers_.on_end(name);
        }
    }

    static void text(void* data, const XML_Char* bytes, int length) {
        of(data).handlers_.on_text(std::string_view(bytes, static_cast<std::size_t>(length)));
    }

    // The signature is expat's.
    static void entity(  // NOLINT(readability-function-size)
        void* data,
        const XML_Char* /*name*/,
        int /*is_parameter*/,
        const XML_Char* value,
        int value_length,
        const XML_Char* /*base*/,
        const XML_Char* system_id,
        const XML_Char* /*public_id*/,
        const XML_Char* /*notation*/
    ) {
        XmlReader& reader = of(data);
        const std::string_view text(
            value != nullptr ? value : "",
            value != nullptr ? static_cast<std::size_t>(value_length) : 0
        );
        reader.external_entity_ |= system_id != nullptr;
        reader.entity_bomb_ |= text.size() > kMaxEntityBytes || text.find('&') != text.npos;
        if (reader.external_entity_ || reader.entity_bomb_) {
            XML_StopParser(as_parser(reader.parser_.get()), XML_FALSE);
        }
    }

    static int encoding(void* /*data*/, const XML_Char* name, XML_Encoding* info) {
        // Of those with two bytes the second is never one of < > & " '.
        constexpr std::array<std::string_view, 10> kKnown{
            "windows-", "iso-8859-", "cp", "koi8", "ibm", "mac", "gb", "big5", "euc-", "shift_jis"
        };
        const std::string lower = to_lower(name);
        const bool known = std::ranges::any_of(kKnown, [&lower](std::string_view prefix) {
            return lower.starts_with(prefix);
        });
        if (!known) {
            return XML_STATUS_ERROR;
        }
        for (int byte = 0; byte < 256; ++byte) {
            info->map[byte] = byte;
        }
        info->data = nullptr;
        info->convert = nullptr;
        info->release = nullptr;
        return XML_STATUS_OK;
    }
};

XmlReader::XmlReader() : XmlReader(Handlers{}) {}

XmlReader::XmlReader(Handlers handlers)
    : handlers_(std::move(handlers)), parser_(XML_ParserCreate(nullptr)) {
    SB_CHECK(parser_ != nullptr);
    XML_Parser parser = as_parser(parser_.get());
    XML_SetUserData(parser, this);
    XML_SetElementHandler(parser, &Bridge::start, &Bridge::end);
    XML_SetEntityDeclHandler(parser, &Bridge::entity);
    XML_SetUnknownEncodingHandler(parser, &Bridge::encoding, nullptr);
    if (handlers_.on_text) {
        XML_SetCharacterDataHandler(parser, &Bridge::text);
    }
}

XmlReader::~XmlReader() = default;

void XmlReader::ParserDeleter::operator()(void* parser) const {
    XML_ParserFree(as_parser(parser));
}

bool XmlReader::feed(std::string_view bytes) {
    constexpr std::size_t kMost = std::size_t{4} << 20U;
    while (!bytes.empty() && !problem_ && !stopped_) {
        const std::string_view piece = bytes.substr(0, kMost);
        parse(piece, false);
        check_token_size();
        bytes.remove_prefix(piece.size());
    }
    return !problem_ && !stopped_;
}

bool XmlReader::finish() {
    if (!problem_ && !stopped_) {
        parse({}, true);
        root_closed_ = !problem_;
    }
    return !problem_ && !stopped_;
}

void XmlReader::be_prompt() {
#ifdef SIGNALBOX_EXPAT_DEFERS
    XML_SetReparseDeferralEnabled(as_parser(parser_.get()), XML_FALSE);
#endif
}

void XmlReader::stop() {
    stopped_ = true;
    XML_StopParser(as_parser(parser_.get()), XML_FALSE);
}

void XmlReader::parse(std::string_view bytes, bool last) {
    XML_Parser parser = as_parser(parser_.get());
    fed_bytes_ += static_cast<int>(bytes.size());
    const XML_Status status =
        XML_Parse(parser, bytes.data(), static_cast<int>(bytes.size()), last ? 1 : 0);
    if (status != XML_STATUS_OK && !stopped_) {
        note_problem();
    }
}

void XmlReader::check_token_size() {
    const XML_Index consumed = XML_GetCurrentByteIndex(as_parser(parser_.get()));
    if (!problem_ && !stopped_ && fed_bytes_ - consumed > kMaxTokenBytes) {
        problem_ = {"XML_SYNTAX", "one piece of markup is larger than 16 MiB", line()};
    }
}

void XmlReader::note_problem() {
    const XML_Error code = XML_GetErrorCode(as_parser(parser_.get()));
    if (external_entity_) {
        problem_ = {"XML_ENTITY", "it declares an entity that is kept in another file", line()};
    } else if (too_deep_) {
        problem_ = {"XML_SYNTAX", "its elements are nested deeper than 10000", line()};
    } else if (entity_bomb_ || code == XML_ERROR_AMPLIFICATION_LIMIT_BREACH) {
        problem_ = {"XML_BOMB", "its entities would expand without measure", line()};
    } else if (code == XML_ERROR_UNKNOWN_ENCODING) {
        problem_ = {"XML_ENCODING", "its encoding is not known here", line()};
    } else {
        problem_ = {"XML_SYNTAX", sentence_of(code), line()};
    }
}

std::int64_t XmlReader::line() const {
    return static_cast<std::int64_t>(XML_GetCurrentLineNumber(as_parser(parser_.get())));
}

}  // namespace signalbox::scenario
