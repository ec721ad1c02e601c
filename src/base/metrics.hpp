// Numbers about the process in Prometheus' text format.
//
// A component owns a small probe class that asks for its series once and then calls verbs on them;
// business code never sees a label. Names follow Prometheus: `signalbox_<what>_<unit>[_total]`.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace signalbox {

using MetricLabels = std::map<std::string, std::string>;

/// A number that only grows. A cheap handle; valid as long as its Metrics.
class Counter {
public:
    void add(double amount = 1);

private:
    friend class Metrics;

    explicit Counter(void* series) : series_(series) {}

    void* series_;
};

/// A number that goes up and down.
class Gauge {
public:
    void set(double value);

private:
    friend class Metrics;

    explicit Gauge(void* series) : series_(series) {}

    void* series_;
};

/// How often a value fell into each of its buckets.
class Histogram {
public:
    void observe(double value);

private:
    friend class Metrics;

    explicit Histogram(void* series) : series_(series) {}

    void* series_;
};

class Metrics {
public:
    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    /// Asking twice for the same name and labels gives the same series.
    [[nodiscard]] Counter counter(
        const std::string& name, const std::string& help, const MetricLabels& labels = {}
    );
    [[nodiscard]] Gauge gauge(
        const std::string& name, const std::string& help, const MetricLabels& labels = {}
    );
    /// `bounds` are the upper bounds of the buckets, ascending, in the unit of the name.
    [[nodiscard]] Histogram histogram(
        const std::string& name,
        const std::string& help,
        const std::vector<double>& bounds,
        const MetricLabels& labels = {}
    );

    /// Called at each rendering, for gauges that are cheaper to read than to keep.
    void before_rendering(std::function<void()> refresh);

    /// Prometheus text exposition format 0.0.4.
    [[nodiscard]] std::string render() const;

private:
    struct Registry;
    std::unique_ptr<Registry> registry_;
};

}  // namespace signalbox
