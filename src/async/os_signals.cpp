#include "async/os_signals.hpp"

#include <boost/asio/basic_signal_set.hpp>

namespace signalbox::async {

struct OsSignals::Set {
    explicit Set(Executor executor) : signals(executor) {}

    boost::asio::basic_signal_set<Executor> signals;
};

OsSignals::OsSignals(Executor executor, std::initializer_list<int> signals)
    : set_(std::make_unique<Set>(executor)) {
    for (const int signal : signals) {
        set_->signals.add(signal);
    }
}

OsSignals::~OsSignals() = default;

Task<int> OsSignals::next() {
    co_return co_await set_->signals.async_wait(kAwait);
}

}  // namespace signalbox::async
