// The attributes of one XML element, as XmlReader and XmlScanner hand them out.
//
// Threads: any (a view, valid during the call only).  Suspends: never.  Errors: none.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace signalbox::scenario {

class XmlAttributes {
public:
    struct Pair {
        std::string_view name;
        std::string_view value;
    };

    /// expat's form: names and values in turn, a null pointer at the end.
    explicit XmlAttributes(const char** words) : words_(words) {}

    explicit XmlAttributes(std::span<const Pair> pairs) : pairs_(pairs) {}

    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const {
        for (const Pair& pair : pairs_) {
            if (pair.name == name) {
                return pair.value;
            }
        }
        for (const char** word = words_; word != nullptr && *word != nullptr; word += 2) {
            if (name == *word) {
                return std::string_view(*(word + 1));
            }
        }
        return std::nullopt;
    }

    /// Each name and value, in the order of the document.
    template <class Take>
    void visit(Take take) const {
        for (const Pair& pair : pairs_) {
            take(pair.name, pair.value);
        }
        for (const char** word = words_; word != nullptr && *word != nullptr; word += 2) {
            take(std::string_view(*word), std::string_view(*(word + 1)));
        }
    }

    /// "" when absent.
    [[nodiscard]] std::string_view get(std::string_view name) const {
        return find(name).value_or(std::string_view());
    }

private:
    const char** words_ = nullptr;
    std::span<const Pair> pairs_;
};

}  // namespace signalbox::scenario
