#include "scenario/xml/xml_scanner.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace signalbox::scenario {

namespace {

constexpr std::size_t kMaxPendingBytes = std::size_t{1} << 20U;
constexpr std::size_t kMaxDepth = 1000;
constexpr std::size_t kMaxAttributes = 200;

// What a byte may be; a byte of no class ends every fast loop.
constexpr std::uint8_t kNameStart = 1U;
constexpr std::uint8_t kName = 2U;
constexpr std::uint8_t kSpace = 4U;
constexpr std::uint8_t kText = 8U;    ///< of text, without & < ]
constexpr std::uint8_t kValue = 16U;  ///< of a value that is handed out as it stands

constexpr std::array<std::uint8_t, 256> make_classes() {
    std::array<std::uint8_t, 256> classes{};
    for (unsigned c = 0x20; c < 0x80; ++c) {
        const bool letter =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
        const bool digit = (c >= '0' && c <= '9') || c == '-' || c == '.';
        const bool special = c == '&' || c == '<' || c == 0x7F;
        unsigned bits = letter ? kNameStart | kName : digit ? kName : 0U;
        bits |= !special && c != ']' ? kText : 0U;
        bits |= !special && c != '"' && c != '\'' ? kValue : 0U;
        classes[c] = static_cast<std::uint8_t>(bits);
    }
    for (const unsigned c : {0x20U, 0x9U, 0xAU, 0xDU}) {
        classes[c] |= kSpace | kText;
    }
    classes[0x20] |= kValue;
    return classes;
}

constexpr std::array<std::uint8_t, 256> kClasses = make_classes();

bool is(char c, std::uint8_t bits) {
    return (kClasses[static_cast<unsigned char>(c)] & bits) != 0;
}

std::size_t skip(std::string_view text, std::size_t at, std::uint8_t bits) {
    while (at < text.size() && is(text[at], bits)) {
        ++at;
    }
    return at;
}

/// XML 1.0, production 2.
bool is_xml_character(std::uint32_t point) {
    return point == 0x9 || point == 0xA || point == 0xD || (point >= 0x20 && point <= 0xD7FF) ||
           (point >= 0xE000 && point <= 0xFFFD) || (point >= 0x10000 && point <= 0x10FFFF);
}

/// The length of a reference at the front of `text`; 0 when it is none that is surely right.
std::size_t reference_length(std::string_view text) {
    for (const std::string_view known : {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"}) {
        if (text.starts_with(known)) {
            return known.size();
        }
    }
    const std::size_t end = text.substr(0, 12).find(';');
    if (!text.starts_with("&#") || end == std::string_view::npos || end < 3) {
        return 0;
    }
    const bool hexadecimal = text[2] == 'x';
    const std::string_view digits = text.substr(hexadecimal ? 3 : 2, end - (hexadecimal ? 3 : 2));
    std::uint32_t point = 0;
    const auto [stop, problem] =
        std::from_chars(digits.data(), digits.data() + digits.size(), point, hexadecimal ? 16 : 10);
    const bool whole = problem == std::errc() && stop == digits.data() + digits.size();
    return whole && is_xml_character(point) ? end + 1 : 0;
}

/// Valid UTF-8 of characters that XML allows.
bool is_fine_text(std::string_view text) {
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 && !is(c, kSpace)) {
            return false;
        }
    }
    return is_valid_utf8(text) && text.find("\xEF\xBF\xBE") == std::string_view::npos &&
           text.find("\xEF\xBF\xBF") == std::string_view::npos;
}

/// Everything that is not of the fast class, looked at one by one.
bool is_fine_content(std::string_view text, std::uint8_t fast, std::string_view forbidden) {
    bool plain = true;
    for (std::size_t at = skip(text, 0, fast); at < text.size(); at = skip(text, at, fast)) {
        if (text[at] == '&') {
            const std::size_t length = reference_length(text.substr(at));
            if (length == 0) {
                return false;
            }
            at += length;
            continue;
        }
        if (text[at] == '<') {
            return false;
        }
        plain = false;
        ++at;
    }
    return plain || (is_fine_text(text) &&
                     (forbidden.empty() || text.find(forbidden) == std::string_view::npos));
}

/// Only the forms that tools write; the encoding decides how every byte is read.
bool is_known_declaration(std::string_view written) {
    constexpr std::string_view kVersion = R"(<?xml version="1.0")";
    constexpr std::string_view kEncoding = R"( encoding=")";
    constexpr std::string_view kStandalone = R"( standalone="no")";
    std::string text(written);
    if (text.find('"') == std::string::npos) {
        std::ranges::replace(text, '\'', '"');
    }
    while (is(text.back(), kSpace)) {
        text.pop_back();
    }
    std::string_view rest = text;
    if (!rest.starts_with(kVersion)) {
        return false;
    }
    rest.remove_prefix(kVersion.size());
    if (rest.empty() || !rest.starts_with(kEncoding)) {
        return rest.empty();
    }
    rest.remove_prefix(kEncoding.size());
    const std::size_t quote = std::min(rest.find('"'), rest.size());
    const std::string encoding = to_lower(rest.substr(0, quote));
    rest.remove_prefix(std::min(quote + 1, rest.size()));
    return (encoding == "utf-8" || encoding == "us-ascii") && text.ends_with('"') &&
           (rest.empty() || rest == kStandalone);
}

/// The character that a reference, known to be right, stands for.
char32_t referenced_point(std::string_view reference) {
    constexpr std::array<std::pair<std::string_view, char32_t>, 5> kNamed{
        {{"&amp;", U'&'}, {"&lt;", U'<'}, {"&gt;", U'>'}, {"&quot;", U'"'}, {"&apos;", U'\''}}
    };
    for (const auto& [name, point] : kNamed) {
        if (reference == name) {
            return point;
        }
    }
    const bool hexadecimal = reference[2] == 'x';
    const std::string_view digits = reference.substr(hexadecimal ? 3 : 2);
    std::uint32_t point = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), point, hexadecimal ? 16 : 10);
    return point;
}

/// A fine value as the XML recommendation (3.3.3) hands it out: references resolved, each end of a
/// line and each tab one space.
void decode_value(std::string_view raw, std::string& value) {
    value.clear();
    for (std::size_t at = 0; at < raw.size();) {
        if (raw[at] == '&') {
            const std::size_t length = reference_length(raw.substr(at));
            append_utf8(value, referenced_point(raw.substr(at, length)));
            at += length;
            continue;
        }
        const bool first_of_two = raw[at] == '\r' && raw.substr(at + 1).starts_with('\n');
        if (!first_of_two) {
            value.push_back(is(raw[at], kSpace) ? ' ' : raw[at]);
        }
        ++at;
    }
}

}  // namespace

XmlScanner::XmlScanner(OnStart on_start) : on_start_(std::move(on_start)) {}

bool XmlScanner::feed(std::string_view bytes) {
    if (unsure_) {
        return false;
    }
    if (buffer_.empty()) {
        view_ = bytes;
    } else {
        buffer_.append(bytes);
        view_ = buffer_;
    }
    at_ = 0;
    counted_to_ = 0;
    scan();
    static_cast<void>(line());
    std::string rest(view_.substr(at_));
    unsure_ = unsure_ || rest.size() > kMaxPendingBytes;
    buffer_ = std::move(rest);
    return !unsure_;
}

bool XmlScanner::finish() {
    const bool only_space = skip(buffer_, 0, kSpace) == buffer_.size();
    return !unsure_ && root_closed_ && starts_.empty() && only_space;
}

std::int64_t XmlScanner::line() {
    if (at_ > counted_to_) {
        line_ += std::ranges::count(view_.substr(counted_to_, at_ - counted_to_), '\n');
        counted_to_ = at_;
    }
    return line_;
}

void XmlScanner::scan() {
    while (at_ < view_.size() && !unsure_) {
        const Step step = view_[at_] == '<' ? scan_markup() : scan_text();
        if (step == Step::kNeedsMore) {
            return;
        }
        unsure_ = step == Step::kUnsure;
    }
}

XmlScanner::Step XmlScanner::scan_text() {
    const bool may_be_marked = std::exchange(at_start_, false) && !marked_;
    if (may_be_marked && view_.substr(at_).starts_with("\xEF\xBB\xBF")) {
        at_start_ = true;
        marked_ = true;
        at_ += 3;
        return Step::kDone;
    }
    std::size_t end = skip(view_, at_, starts_.empty() ? kSpace : kText);
    if (end < view_.size() && view_[end] != '<') {
        if (starts_.empty()) {
            return Step::kUnsure;
        }
        end = std::min(view_.find('<', end), view_.size());
        if (end == view_.size()) {
            return Step::kNeedsMore;
        }
        if (!is_fine_content(view_.substr(at_, end - at_), kText, "]]>")) {
            return Step::kUnsure;
        }
    }
    at_ = end;
    return Step::kDone;
}

XmlScanner::Step XmlScanner::scan_markup() {
    const std::string_view rest = view_.substr(at_);
    if (rest.size() < 9 && rest.find('>') == std::string_view::npos) {
        return Step::kNeedsMore;  // too short to tell its kind
    }
    const bool first = std::exchange(at_start_, false);
    if (rest[1] == '/') {
        return scan_end_tag();
    }
    if (rest[1] == '?') {
        const bool declaration =
            rest.starts_with("<?xml") && rest.size() > 5 && is(rest[5], kSpace);
        if (!declaration) {
            return scan_instruction();
        }
        const Step step = first ? scan_declaration() : Step::kUnsure;
        at_start_ = step == Step::kNeedsMore;
        return step;
    }
    if (rest.starts_with("<!--")) {
        return scan_comment();
    }
    if (rest.starts_with("<![CDATA[")) {
        return scan_cdata();
    }
    return rest[1] == '!' ? Step::kUnsure : scan_start_tag();
}

XmlScanner::Step XmlScanner::skip_to(std::string_view end, std::size_t from, std::size_t& at)
    const {
    at = view_.find(end, from);
    return at == std::string_view::npos ? Step::kNeedsMore : Step::kDone;
}

XmlScanner::Step XmlScanner::scan_declaration() {
    std::size_t end = 0;
    if (skip_to("?>", at_, end) != Step::kDone) {
        return Step::kNeedsMore;
    }
    const bool known = is_known_declaration(view_.substr(at_, end - at_));
    at_ = end + 2;
    return known ? Step::kDone : Step::kUnsure;
}

XmlScanner::Step XmlScanner::scan_comment() {
    std::size_t end = 0;
    if (skip_to("--", at_ + 4, end) != Step::kDone || end + 2 >= view_.size()) {
        return Step::kNeedsMore;
    }
    const bool fine = view_[end + 2] == '>' && is_fine_text(view_.substr(at_ + 4, end - at_ - 4));
    at_ = end + 3;
    return fine ? Step::kDone : Step::kUnsure;
}

XmlScanner::Step XmlScanner::scan_cdata() {
    std::size_t end = 0;
    if (starts_.empty()) {
        return Step::kUnsure;
    }
    if (skip_to("]]>", at_ + 9, end) != Step::kDone) {
        return Step::kNeedsMore;
    }
    const bool fine = is_fine_text(view_.substr(at_ + 9, end - at_ - 9));
    at_ = end + 3;
    return fine ? Step::kDone : Step::kUnsure;
}

XmlScanner::Step XmlScanner::scan_instruction() {
    std::size_t end = 0;
    if (skip_to("?>", at_ + 2, end) != Step::kDone) {
        return Step::kNeedsMore;
    }
    const std::size_t target_end = skip(view_, at_ + 2, kName);
    const std::string_view target = view_.substr(at_ + 2, target_end - at_ - 2);
    const bool fine = !target.empty() && is(target.front(), kNameStart) &&
                      !equals_ignoring_case(target, "xml") &&
                      (target_end == end || is(view_[target_end], kSpace)) &&
                      is_fine_text(view_.substr(target_end, end - target_end));
    at_ = end + 2;
    return fine ? Step::kDone : Step::kUnsure;
}

XmlScanner::Step XmlScanner::scan_end_tag() {
    const std::size_t name_end = skip(view_, at_ + 2, kName);
    const std::size_t end = skip(view_, name_end, kSpace);
    if (end >= view_.size()) {
        return Step::kNeedsMore;
    }
    const std::string_view name = view_.substr(at_ + 2, name_end - at_ - 2);
    if (starts_.empty() || view_[end] != '>' ||
        name != std::string_view(names_).substr(starts_.back())) {
        return Step::kUnsure;
    }
    names_.resize(starts_.back());
    starts_.pop_back();
    root_closed_ = starts_.empty();
    at_ = end + 1;
    return Step::kDone;
}

XmlScanner::Step XmlScanner::scan_start_tag() {
    const std::size_t name_end = skip(view_, at_ + 1, kName);
    const std::string_view name = view_.substr(at_ + 1, name_end - at_ - 1);
    if (name.empty() || !is(name.front(), kNameStart) || root_closed_) {
        return Step::kUnsure;
    }
    attributes_.clear();
    decoded_count_ = 0;
    std::size_t at = name_end;
    while (true) {
        const std::size_t after_space = skip(view_, at, kSpace);
        if (after_space + 1 >= view_.size()) {
            return Step::kNeedsMore;
        }
        const bool empty = view_[after_space] == '/';
        if (empty || view_[after_space] == '>') {
            if (empty && view_[after_space + 1] != '>') {
                return Step::kUnsure;
            }
            open_element(name, empty);
            at_ = after_space + (empty ? 2 : 1);
            return starts_.size() > kMaxDepth ? Step::kUnsure : Step::kDone;
        }
        if (after_space == at) {
            return Step::kUnsure;
        }
        at = after_space;
        if (const Step step = scan_attribute(at); step != Step::kDone) {
            return step;
        }
    }
}

XmlScanner::Step XmlScanner::scan_attribute(std::size_t& at) {
    const std::size_t name_end = skip(view_, at, kName);
    const std::string_view name = view_.substr(at, name_end - at);
    const std::size_t equals = skip(view_, name_end, kSpace);
    const std::size_t quote = skip(view_, equals + 1, kSpace);
    if (quote >= view_.size()) {
        return Step::kNeedsMore;
    }
    if (name.empty() || !is(name.front(), kNameStart) || view_[equals] != '=' ||
        (view_[quote] != '"' && view_[quote] != '\'')) {
        return Step::kUnsure;
    }
    std::size_t end = skip(view_, quote + 1, kValue);
    const bool plain = end < view_.size() && view_[end] == view_[quote];
    if (!plain) {
        end = view_.find(view_[quote], quote + 1);
        if (end == std::string_view::npos) {
            return Step::kNeedsMore;
        }
    }
    std::string_view value = view_.substr(quote + 1, end - quote - 1);
    const bool again =
        std::ranges::find(attributes_, name, &XmlAttributes::Pair::name) != attributes_.end();
    if (again || attributes_.size() == kMaxAttributes ||
        (!plain && !is_fine_content(value, kValue, {}))) {
        return Step::kUnsure;
    }
    if (!plain) {
        if (decoded_count_ == decoded_.size()) {
            decoded_.emplace_back();
        }
        decode_value(value, decoded_[decoded_count_]);
        value = decoded_[decoded_count_++];
    }
    attributes_.push_back({.name = name, .value = value});
    at = end + 1;
    return Step::kDone;
}

void XmlScanner::open_element(std::string_view name, bool empty) {
    if (starts_.empty() && root_.empty()) {
        root_ = name;
    }
    if (on_start_) {
        on_start_(name, XmlAttributes(attributes_));
    }
    if (empty) {
        root_closed_ = starts_.empty();
        return;
    }
    starts_.push_back(names_.size());
    names_.append(name);
}

}  // namespace signalbox::scenario
