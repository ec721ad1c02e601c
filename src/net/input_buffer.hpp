// Bytes read from a connection and not yet used, in one block of memory.
//
// Threads: one at a time.  Suspends: never.  Errors: none.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace signalbox::net {

class InputBuffer {
public:
    [[nodiscard]] std::string_view view() const { return {data_.get() + begin_, end_ - begin_}; }

    [[nodiscard]] std::size_t size() const { return end_ - begin_; }

    [[nodiscard]] bool empty() const { return begin_ == end_; }

    [[nodiscard]] std::size_t capacity() const { return capacity_; }

    void consume(std::size_t bytes) {
        begin_ += bytes;
        if (begin_ == end_) {
            begin_ = end_ = 0;
        }
    }

    /// Room behind the bytes, within a block of at least `capacity` bytes; empty when that is full.
    std::span<char> prepare(std::size_t capacity) {
        if (capacity > capacity_) {
            move_to(capacity);
        } else if (begin_ > 0) {
            std::memmove(data_.get(), data_.get() + begin_, size());
            end_ -= begin_;
            begin_ = 0;
        }
        return {data_.get() + end_, capacity_ - end_};
    }

    void commit(std::size_t bytes) { end_ += bytes; }

    /// The smallest block from `capacity` on that holds the bytes; none for 0 and no bytes.
    void shrink(std::size_t capacity) {
        if (capacity_ > capacity) {
            move_to(std::max(capacity, size()));
        }
    }

private:
    void move_to(std::size_t capacity) {
        std::unique_ptr<char[]> block;
        if (capacity > 0) {
            block = std::make_unique_for_overwrite<char[]>(capacity);
            if (!empty()) {
                std::memcpy(block.get(), data_.get() + begin_, size());
            }
        }
        end_ = size();
        begin_ = 0;
        data_ = std::move(block);
        capacity_ = capacity;
    }

    std::unique_ptr<char[]> data_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace signalbox::net
