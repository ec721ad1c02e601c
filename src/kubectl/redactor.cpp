#include "kubectl/redactor.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "kubectl/credentials.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <span>

namespace signalbox::kubectl {

namespace json = boost::json;

namespace {

constexpr std::size_t kMarkBytes = 4;
constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

std::string_view text_of(const json::object& object, std::string_view name) {
    const json::value* const value = object.if_contains(name);
    const json::string* const text = value != nullptr ? value->if_string() : nullptr;
    return text != nullptr ? std::string_view(*text) : std::string_view();
}

constexpr int kMostKeyLines = 200;

// Base64, perhaps behind what a logger puts before it, or a header such as `Proc-Type:
// 4,ENCRYPTED`.
bool is_key_line(std::string_view line) {
    line = trim(line);
    const std::string_view last = line.substr(line.rfind(' ') + 1);
    return std::ranges::all_of(last, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '+' || c == '/' || c == '=' || c == ',' || c == '-';
    });
}

bool is_secret(const json::object& object) {
    return text_of(object, "kind") == "Secret" && text_of(object, "apiVersion") == "v1";
}

}  // namespace

std::string Redactor::mark(std::string_view value) {
    ++count_;
    const Digest digest = hmac_sha256(key_, value);
    return "[redacted:" + to_hex(std::span(digest).first(kMarkBytes)) + "]";
}

std::string Redactor::redact(std::string_view text) {
    std::string out;
    std::size_t done = 0;
    for (const Span span : find_credentials(text)) {
        out += text.substr(done, span.begin - done);
        out += mark(text.substr(span.begin, span.end - span.begin));
        done = span.end;
    }
    out += text.substr(done);
    return out;
}

std::string Redactor::redact_line(std::string_view line) {
    constexpr std::string_view kBegin = "-----BEGIN ";
    constexpr std::string_view kEnd = "-----END ";
    if (key_lines_ > 0) {
        if (const std::size_t end = line.find(kEnd); end != std::string_view::npos) {
            key_lines_ = 0;
            return (end > 0 ? mark(line.substr(0, end)) : "") + redact_line(line.substr(end));
        }
        if (++key_lines_ < kMostKeyLines && is_key_line(line)) {
            return mark(line);
        }
        key_lines_ = 0;
    }
    const std::size_t begin = line.rfind(kBegin);
    const std::string_view title =
        begin == std::string_view::npos ? std::string_view() : line.substr(begin);
    if (title.contains("PRIVATE KEY-----") && !title.contains(kEnd)) {
        key_lines_ = 1;
    }
    return redact(line);
}

void Redactor::redact(json::value& object) {
    if (auto* const members = object.if_object()) {
        redact_members(*members, false);
    } else if (auto* const list = object.if_array()) {
        for (json::value& one : *list) {
            redact(one);
        }
    } else if (const auto* const text = object.if_string()) {
        object = redact(std::string_view(*text));
    }
}

void Redactor::redact_members(json::object& object, bool in_secret) {
    const bool secret = in_secret || is_secret(object);
    // The items of a list as the API server sends it carry no kind.
    const bool secrets = text_of(object, "kind") == "SecretList";
    const bool credential = names_a_credential(text_of(object, "name"));
    for (auto& member : object) {
        const std::string_view name = member.key();
        if (secret && (name == "data" || name == "stringData")) {
            mark_all(member.value());
        } else if (auto* const items = member.value().if_array();
                   secrets && name == "items" && items != nullptr) {
            for (json::value& item : *items) {
                redact_item(item);
            }
        } else if (credential && name == "value") {
            mark_value(member.value());
        } else {
            redact_member(name, member.value());
        }
    }
}

void Redactor::redact_item(json::value& secret) {
    if (auto* const members = secret.if_object()) {
        redact_members(*members, true);
    } else {
        mark_value(secret);
    }
}

void Redactor::redact_member(std::string_view name, json::value& value) {
    if (name == kLastApplied || (value.is_string() && names_a_credential(name))) {
        mark_value(value);
    } else {
        redact(value);
    }
}

void Redactor::mark_all(json::value& values) {
    if (auto* const members = values.if_object()) {
        for (auto& member : *members) {
            mark_value(member.value());
        }
    } else {
        mark_value(values);
    }
}

// Whatever it is; what is empty has nothing to hide.
void Redactor::mark_value(json::value& value) {
    if (const auto* const text = value.if_string()) {
        if (!text->empty()) {
            value = mark(*text);
        }
    } else if (!value.is_null()) {
        value = mark(json::serialize(value));
    }
}

}  // namespace signalbox::kubectl
