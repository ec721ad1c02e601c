// Threads for work that blocks: SQLite reads, inflating, large files, name look-ups.
//
// A job runs on a pool thread and owns its inputs; its result comes back to the event loop, which
// must outlive the pool. A cancelled wait detaches from its job, which runs to its end. `stop` lets
// running jobs finish, drops queued ones, whose waits then only end by being cancelled, and joins
// the threads.
//
// Threads: run() from the event loop; the job on a pool thread.  Suspends: run.
// Errors: what the job throws is thrown to who waits.
#pragma once

#include "async/completion.hpp"
#include "async/task.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace signalbox::async {

class BlockingPool {
public:
    explicit BlockingPool(std::size_t threads) : pool_(threads) {}

    ~BlockingPool() { stop(); }

    BlockingPool(const BlockingPool&) = delete;
    BlockingPool& operator=(const BlockingPool&) = delete;

    /// Runs `work()` on a pool thread. `work` must own what it uses: it may outlive the caller.
    template <class Work>
    Task<std::invoke_result_t<Work>> run(Work work);

    void stop() {
        pool_.stop();
        pool_.join();
    }

private:
    boost::asio::thread_pool pool_;
};

namespace detail {

// What a pool job leaves for its waiter; shared, because either may be gone first.
template <class T>
struct Handover {
    explicit Handover(Executor loop) : done(std::move(loop)) {}

    Completion done;
    std::exception_ptr problem;
    std::optional<std::conditional_t<std::is_void_v<T>, bool, T>> value;
};

}  // namespace detail

template <class Work>
Task<std::invoke_result_t<Work>> BlockingPool::run(Work work) {
    using T = std::invoke_result_t<Work>;
    const Executor executor = co_await boost::asio::this_coro::executor;
    auto handover = std::make_shared<detail::Handover<T>>(executor);
    boost::asio::post(
        pool_,
        [handover, executor, job = std::optional<Work>(std::move(work))]() mutable {
            try {
                if constexpr (std::is_void_v<T>) {
                    (*job)();
                    handover->value = true;
                } else {
                    handover->value.emplace((*job)());
                }
            } catch (...) {
                handover->problem = std::current_exception();
            }
            // What the job owned is gone before its waiter goes on.
            job.reset();
            // The loop's thread is the last to touch the hand-over.
            boost::asio::post(executor, [handover = std::move(handover)] {
                handover->done.announce();
            });
        }
    );
    co_await handover->done.wait();
    if (handover->problem) {
        std::rethrow_exception(handover->problem);
    }
    if constexpr (!std::is_void_v<T>) {
        co_return std::move(*handover->value);
    }
}

}  // namespace signalbox::async
