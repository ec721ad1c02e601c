// What the metrics say about requests: how many by route and kind of status, how long they took.
//
// Threads: event loop.  Suspends: never.  Errors: none.
#pragma once

#include "base/metrics.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace signalbox::api {

class RequestProbe {
public:
    /// The metrics must outlive the probe; `open_streams` must live as long as they are rendered.
    RequestProbe(Metrics& metrics, std::function<double()> open_streams);

    RequestProbe(const RequestProbe&) = delete;
    RequestProbe& operator=(const RequestProbe&) = delete;

    /// Method and route are literals: few, and valid for ever.
    struct Exchange {
        std::string_view method;
        std::string_view route;  ///< its pattern; `unknown` for what has none
        unsigned status;
        std::chrono::nanoseconds duration;
        bool timed = true;  ///< false for streams, which last as long as they like
    };

    void finished(const Exchange& exchange);

private:
    struct Route {
        std::map<unsigned, Counter> by_class;  ///< 2 for 2xx
        std::optional<Histogram> seconds;      ///< made with the first that is timed
    };

    [[nodiscard]] Counter make_counter(const Exchange& exchange);
    [[nodiscard]] static MetricLabels labels_of(const Exchange& exchange);

    Metrics& metrics_;
    std::map<std::pair<std::string_view, std::string_view>, Route> routes_;
};

}  // namespace signalbox::api
