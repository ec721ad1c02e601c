#include "async/task_group.hpp"

#include "base/error.hpp"
#include "base/log.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <unordered_map>
#include <vector>

namespace signalbox::async {

namespace asio = boost::asio;

struct TaskGroup::State {
    explicit State(Executor loop) : executor(loop), changed(loop) {}

    Executor executor;
    Timer changed;  ///< never expires; cancelled whenever a task ends
    bool cancelled = false;
    TaskId next_id = 0;
    std::unordered_map<TaskId, std::unique_ptr<asio::cancellation_signal>> running;
};

namespace {

void report(const std::string& name, const std::exception_ptr& problem) {
    try {
        std::rethrow_exception(problem);
    } catch (const boost::system::system_error& error) {
        if (error.code() != asio::error::operation_aborted) {
            log::error("task failed", {{"task", name}, {"error", error.what()}});
        }
    } catch (const std::exception& error) {
        log::error("task failed", {{"task", name}, {"error", error.what()}});
    }
}

}  // namespace

TaskGroup::TaskGroup(Executor executor) : state_(std::make_shared<State>(executor)) {
    state_->changed.expires_at(Timer::time_point::max());
}

TaskGroup::~TaskGroup() {
    SB_CHECK(state_->running.empty());
}

TaskGroup::TaskId TaskGroup::spawn(std::string name, Task<void> task) {
    const TaskId id = state_->next_id++;
    auto& signal =
        *state_->running.emplace(id, std::make_unique<asio::cancellation_signal>()).first->second;
    auto on_end = [state = state_, id, name = std::move(name)](const std::exception_ptr& problem) {
        if (problem) {
            report(name, problem);
        }
        state->running.erase(id);
        state->changed.cancel();
    };
    asio::co_spawn(
        state_->executor,
        std::move(task),
        asio::bind_cancellation_slot(signal.slot(), std::move(on_end))
    );
    if (state_->cancelled) {
        asio::post(state_->executor, [state = state_, id] {
            if (const auto found = state->running.find(id); found != state->running.end()) {
                found->second->emit(asio::cancellation_type::terminal);
            }
        });
    }
    return id;
}

void TaskGroup::cancel() {
    state_->cancelled = true;
    std::vector<TaskId> ids;
    for (const auto& [id, signal] : state_->running) {
        ids.push_back(id);
    }
    for (const TaskId id : ids) {
        cancel(id);
    }
}

void TaskGroup::cancel(TaskId task) {
    if (const auto found = state_->running.find(task); found != state_->running.end()) {
        found->second->emit(asio::cancellation_type::terminal);
    }
}

Task<void> TaskGroup::join() {
    const std::shared_ptr<State> state = state_;
    while (!state->running.empty()) {
        boost::system::error_code ignored;
        co_await state->changed.async_wait(asio::redirect_error(kAwait, ignored));
        if ((co_await asio::this_coro::cancellation_state).cancelled() !=
            asio::cancellation_type::none) {
            co_return;
        }
    }
}

std::size_t TaskGroup::size() const {
    return state_->running.size();
}

Executor TaskGroup::executor() const {
    return state_->executor;
}

}  // namespace signalbox::async
