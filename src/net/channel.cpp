#include "net/channel.hpp"

namespace signalbox::net {

Task<Result<bool>> Channel::read_more(std::size_t capacity) {
    const std::span<char> room = input_.prepare(capacity);
    const Result<std::size_t> count = co_await stream_->read_some(room);
    if (!count) {
        if (timed_out_) {
            co_return fail(Code::kDeadline, "REQUEST_TIMEOUT", "the request did not come in time");
        }
        co_return fail(count.error());
    }
    // What came just when it was overdue is there all the same.
    timed_out_ = false;
    input_.commit(*count);
    co_return *count > 0;
}

void Channel::check(SteadyTime now) {
    if (wait_ == Wait::kNothing || now < deadline_) {
        return;
    }
    if (wait_ == Wait::kInput) {
        timed_out_ = true;
        stream_->cancel();
    } else {
        close();
    }
    end_wait();
}

}  // namespace signalbox::net
