// Header fields in the order they came; names compare without regard to case (RFC 9110, section 5).
//
// Threads: one at a time.  Suspends: never.  Errors: none.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::net {

struct Header {
    std::string name;
    std::string value;

    bool operator==(const Header&) const = default;
};

class Headers {
public:
    Headers() = default;

    Headers(std::initializer_list<Header> fields) : fields_(fields) {}

    /// One more field, beside any of the same name.
    void add(std::string name, std::string value) {
        fields_.emplace_back(std::move(name), std::move(value));
    }

    /// The only field of this name from now on.
    void set(std::string name, std::string value);

    void erase(std::string_view name);

    void clear() { fields_.clear(); }

    void reserve(std::size_t count) { fields_.reserve(count); }

    /// The first field of this name; valid until the fields change.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;

    [[nodiscard]] std::size_t count(std::string_view name) const;

    [[nodiscard]] bool empty() const { return fields_.empty(); }

    [[nodiscard]] std::size_t size() const { return fields_.size(); }

    [[nodiscard]] auto begin() const { return fields_.begin(); }

    [[nodiscard]] auto end() const { return fields_.end(); }

private:
    std::vector<Header> fields_;
};

/// One line of a head; what would end the line becomes a blank.
void append_field(std::string& out, std::string_view name, std::string_view value);

}  // namespace signalbox::net
