#include "model/tenant.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace signalbox::model {

namespace {

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

}  // namespace

std::string normalize_tenant_id(std::string_view text) {
    std::string id = to_lower(text);
    std::ranges::replace_if(id, [](char c) { return c == '_' || c == ' '; }, '-');
    return id;
}

bool is_tenant_id(std::string_view text) {
    return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
           std::ranges::all_of(text, [](char c) { return c == '-' || is_letter_or_digit(c); });
}

bool is_reserved_tenant_id(std::string_view text, const std::vector<std::string>& further) {
    return text.starts_with("kube-") || text == "default" || text.starts_with("signalbox") ||
           std::ranges::find(further, text) != further.end();
}

}  // namespace signalbox::model
