// What fuzz targets do with their bytes: read them as text, and cut text into pieces.
//
// The last byte of an input says how the text before it is cut, so that seeds stay readable: files
// end in a line feed, which means pieces of up to ten bytes.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace signalbox::fuzz {

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// Text, and sizes of pieces that change with the text.
struct CutText {
    explicit CutText(std::string_view input) : text(input) {
        if (!text.empty()) {
            most = static_cast<unsigned char>(text.back()) + std::size_t{1};
            text.remove_suffix(1);
        }
    }

    [[nodiscard]] std::vector<std::string_view> pieces() const {
        std::vector<std::string_view> all;
        std::uint32_t state = 1;
        for (std::string_view rest = text; !rest.empty();) {
            state = state * 1'664'525U + 1'013'904'223U + static_cast<unsigned char>(rest.front());
            const std::string_view piece = rest.substr(0, (state >> 16U) % most + 1);
            all.push_back(piece);
            rest.remove_prefix(piece.size());
        }
        return all;
    }

    std::string_view text;
    std::size_t most = 1;  ///< bytes of a piece
};

}  // namespace signalbox::fuzz
