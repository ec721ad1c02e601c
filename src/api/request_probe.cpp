#include "api/request_probe.hpp"

namespace signalbox::api {

namespace {

const std::vector<double> kSecondsBounds{
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30
};

}  // namespace

RequestProbe::RequestProbe(Metrics& metrics, std::function<double()> open_streams)
    : metrics_(metrics) {
    metrics.before_rendering(
        [gauge = metrics.gauge("signalbox_event_streams", "Event streams open now"),
         open_streams = std::move(open_streams)]() mutable { gauge.set(open_streams()); }
    );
}

void RequestProbe::finished(const Exchange& exchange) {
    Route& route = routes_[{exchange.method, exchange.route}];
    const unsigned kind = exchange.status / 100;
    auto counter = route.by_class.find(kind);
    if (counter == route.by_class.end()) {
        counter = route.by_class.emplace(kind, make_counter(exchange)).first;
    }
    counter->second.add();
    if (!exchange.timed) {
        return;
    }
    if (!route.seconds) {
        route.seconds = metrics_.histogram(
            "signalbox_http_request_seconds",
            "From the head of a request to the last byte of its answer",
            kSecondsBounds,
            labels_of(exchange)
        );
    }
    route.seconds->observe(std::chrono::duration<double>(exchange.duration).count());
}

Counter RequestProbe::make_counter(const Exchange& exchange) {
    MetricLabels labels = labels_of(exchange);
    labels.emplace("status", std::to_string(exchange.status / 100) + "xx");
    return metrics_.counter("signalbox_http_requests_total", "Requests answered", labels);
}

MetricLabels RequestProbe::labels_of(const Exchange& exchange) {
    return {{"method", std::string(exchange.method)}, {"route", std::string(exchange.route)}};
}

}  // namespace signalbox::api
