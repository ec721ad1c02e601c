#include "tests/simulation/turns.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

namespace signalbox::simulation {

namespace {

constexpr std::uint64_t kOneIsSlowOf = 12;

void end_if_dead(const Process& process) {
    if (process.dead) {
        throw boost::system::system_error(boost::asio::error::operation_aborted);
    }
}

}  // namespace

Task<void> Turns::take(const Process& process) {
    end_if_dead(process);
    co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<Executor>, void()>(
        [this, &process](auto handler) {
            waiting_.push_back(
                {.process = &process,
                 .slow = random_.below(kOneIsSlowOf) == 0,
                 .resume = std::move(handler)}
            );
        },
        kAwait
    );
    end_if_dead(process);
}

void Turns::let_go(std::size_t index) {
    // The order of the others does not matter: the schedule picks at random.
    std::swap(waiting_.at(index), waiting_.back());
    auto resume = std::move(waiting_.back().resume);
    waiting_.pop_back();
    std::move(resume)();
}

void Turns::kill(Process& process) {
    process.dead = true;
    for (std::size_t i = waiting_.size(); i > 0; --i) {
        if (i <= waiting_.size() && waiting_[i - 1].process == &process) {
            let_go(i - 1);
        }
    }
}

}  // namespace signalbox::simulation
