#include "api/sse_stream.hpp"

#include "base/log.hpp"
#include "wire/sse_writer.hpp"

#include <algorithm>
#include <utility>

namespace signalbox::api {

namespace {

constexpr std::chrono::milliseconds kReconnectAfter{2'000};
// So often a waiting stream looks whether the server drains.
constexpr std::chrono::milliseconds kLookUp{1'000};

Task<void> send_events(
    std::shared_ptr<StreamOrder> order, const Clock& clock, net::BodyWriter& writer
) {
    std::string out = wire::format_retry(kReconnectAfter);
    SteadyTime quiet_since = clock.steady();
    for (;;) {
        const SteadyTime quiet_until = quiet_since + order->heartbeat;
        const auto patience = std::clamp<std::chrono::steady_clock::duration>(
            quiet_until - clock.steady(), std::chrono::milliseconds(1), kLookUp
        );
        // The first events go out together with the head of the stream.
        const auto taken = co_await order->source->next(out, patience);
        if (!taken) {
            log::warning(
                "event stream cut",
                {{"request_id", order->request_id}, {"error", taken.error().message()}}
            );
            writer.abort();
            co_return;
        }
        if (out.empty() && clock.steady() >= quiet_until) {
            out = wire::format_comment("");
        }
        if (!out.empty()) {
            if (!(co_await writer.write(out)).has_value()) {
                co_return;
            }
            // Its memory too: most of a stream's life it has nothing to say.
            std::string().swap(out);
            quiet_since = clock.steady();
        }
        if (order->source->done() || writer.draining()) {
            co_return;
        }
    }
}

}  // namespace

net::Response stream_response(StreamOrder order, const Clock& clock) {
    net::Response response{
        .status = 200,
        .headers =
            {{"Content-Type", "text/event-stream; charset=utf-8"},
             {"Cache-Control", "no-store"},
             {"X-Accel-Buffering", "no"}},
        .body = {}
    };
    auto shared = std::make_shared<StreamOrder>(std::move(order));
    response.body = net::StreamBody{
        .produce = [shared,
                    &clock](net::BodyWriter& writer) { return send_events(shared, clock, writer); },
        .live = true,
        .length = std::nullopt
    };
    return response;
}

}  // namespace signalbox::api
