#include "net/http_headers.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

namespace signalbox::net {

namespace {

constexpr std::string_view kLineBreaks("\r\n\0", 3);

// Looks at every byte, for that can be done many at a time.
bool has_control(std::span<const char> text) {
    unsigned found = 0;
    for (const char c : text) {
        found |= static_cast<unsigned>(static_cast<unsigned char>(c) < 0x20);
    }
    return found != 0;
}

}  // namespace

void Headers::set(std::string name, std::string value) {
    erase(name);
    add(std::move(name), std::move(value));
}

void Headers::erase(std::string_view name) {
    std::erase_if(fields_, [name](const Header& field) {
        return equals_ignoring_case(field.name, name);
    });
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
    for (const Header& field : fields_) {
        if (field.name.size() == name.size() && equals_ignoring_case(field.name, name)) {
            return field.value;
        }
    }
    return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
    return static_cast<std::size_t>(std::ranges::count_if(fields_, [name](const Header& field) {
        return equals_ignoring_case(field.name, name);
    }));
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    const std::size_t begin = out.size();
    out += name;
    out += ": ";
    out += value;
    const std::span<char> line = std::span(out).subspan(begin);
    if (has_control(line)) {  // hardly ever
        std::ranges::replace_if(line, [](char c) { return kLineBreaks.contains(c); }, ' ');
    }
    out += "\r\n";
}

}  // namespace signalbox::net
