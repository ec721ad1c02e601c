#include "base/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace signalbox {

struct Metrics::Registry {
    prometheus::Registry series;
    std::vector<std::function<void()>> refreshers;
};

void Counter::add(double amount) {
    static_cast<prometheus::Counter*>(series_)->Increment(amount);
}

void Gauge::set(double value) {
    static_cast<prometheus::Gauge*>(series_)->Set(value);
}

void Histogram::observe(double value) {
    static_cast<prometheus::Histogram*>(series_)->Observe(value);
}

Metrics::Metrics() : registry_(std::make_unique<Registry>()) {}

Metrics::~Metrics() = default;

Counter Metrics::counter(
    const std::string& name, const std::string& help, const MetricLabels& labels
) {
    auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(registry_->series);
    return Counter(&family.Add(labels));
}

Gauge Metrics::gauge(const std::string& name, const std::string& help, const MetricLabels& labels) {
    auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(registry_->series);
    return Gauge(&family.Add(labels));
}

Histogram Metrics::histogram(
    const std::string& name,
    const std::string& help,
    const std::vector<double>& bounds,
    const MetricLabels& labels
) {
    auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(registry_->series);
    return Histogram(&family.Add(labels, bounds));
}

void Metrics::before_rendering(std::function<void()> refresh) {
    registry_->refreshers.push_back(std::move(refresh));
}

std::string Metrics::render() const {
    for (const auto& refresh : registry_->refreshers) {
        refresh();
    }
    return prometheus::TextSerializer().Serialize(registry_->series.Collect());
}

}  // namespace signalbox
