#include "async/blocking_pool.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/system/system_error.hpp>

namespace signalbox::async::detail {

Task<void> wait_for(Timer& timer, const bool& finished) {
    while (!finished) {
        boost::system::error_code outcome;
        co_await timer.async_wait(boost::asio::redirect_error(kAwait, outcome));
        const auto state = co_await boost::asio::this_coro::cancellation_state;
        if (!finished && state.cancelled() != boost::asio::cancellation_type::none) {
            throw boost::system::system_error(boost::asio::error::operation_aborted);
        }
    }
}

}  // namespace signalbox::async::detail
