#include "async/completion.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

#include <utility>

namespace signalbox::async {

Completion::Completion(Executor loop) : announced_at_(loop), keeps_loop_running_(loop) {
    announced_at_.expires_at(Timer::time_point::max());
}

Task<void> Completion::wait() {
    while (!announced_) {
        boost::system::error_code outcome;
        co_await announced_at_.async_wait(boost::asio::redirect_error(kAwait, outcome));
        if (!announced_) {
            co_await throw_if_cancelled();
        }
    }
}

void Completion::announce() {
    announced_ = true;
    announced_at_.cancel();
    keeps_loop_running_.reset();
}

void post_to(Executor loop, std::function<void()> work) {
    boost::asio::post(loop, std::move(work));
}

}  // namespace signalbox::async
