#include "async/blocking_pool.hpp"

#include <boost/asio/redirect_error.hpp>

namespace signalbox::async::detail {

Task<void> wait_for(Timer& timer, const bool& finished) {
    while (!finished) {
        boost::system::error_code outcome;
        co_await timer.async_wait(boost::asio::redirect_error(kAwait, outcome));
        if (!finished) {
            co_await throw_if_cancelled();
        }
    }
}

}  // namespace signalbox::async::detail
