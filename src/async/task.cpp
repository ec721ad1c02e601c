#include "async/task.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

namespace signalbox::async {

Task<void> sleep_for(std::chrono::steady_clock::duration duration) {
    Timer timer(co_await boost::asio::this_coro::executor);
    timer.expires_after(duration);
    co_await timer.async_wait(kAwait);
}

Task<void> yield() {
    co_await boost::asio::post(co_await boost::asio::this_coro::executor, kAwait);
}

Task<void> throw_if_cancelled() {
    const auto state = co_await boost::asio::this_coro::cancellation_state;
    if (state.cancelled() != boost::asio::cancellation_type::none) {
        throw boost::system::system_error(boost::asio::error::operation_aborted);
    }
}

Task<void> wait_readable(int fd) {
    using Descriptor = boost::asio::posix::basic_stream_descriptor<Executor>;

    // Lends the descriptor to the reactor for one wait; whatever happens it goes back to its owner.
    struct Loan {
        Descriptor descriptor;

        ~Loan() {
            if (descriptor.is_open()) {
                descriptor.release();
            }
        }
    };

    Loan loan{Descriptor(co_await boost::asio::this_coro::executor, fd)};
    co_await loan.descriptor.async_wait(Descriptor::wait_read, kAwait);
}

}  // namespace signalbox::async
