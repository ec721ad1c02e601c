#include "net/server_core.hpp"

#include "base/random.hpp"
#include "net/http_connection.hpp"
#include "net/response_head.hpp"

#include <array>
#include <span>
#include <utility>
#include <vector>

namespace signalbox::net {

namespace {

std::uint64_t random_start() {
    std::uint64_t value = 0;
    OsRandom().fill(std::as_writable_bytes(std::span(&value, 1)));
    return value;
}

std::string date_now() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return format_http_date(std::chrono::floor<std::chrono::seconds>(now).count());
}

}  // namespace

ServerCore::ServerCore(
    Executor loop,
    async::BlockingPool& blocking_pool,
    ServerOptions server_options,
    HttpServer::Handler request_handler
)
    : executor(loop),
      pool(blocking_pool),
      options(std::move(server_options)),
      handler(std::move(request_handler)),
      group(loop),
      handshake_done(loop),
      now(std::chrono::steady_clock::now()),
      date(date_now()),
      id_state_(random_start()) {
    SB_CHECK(handler != nullptr && options.render_error != nullptr);
}

void ServerCore::sweep() {
    now = std::chrono::steady_clock::now();
    date = date_now();
    for (Connection* connection : connections) {
        connection->channel().check(now);
    }
}

// Ids name requests in logs; they need not be secret, only distinct (splitmix64).
std::string ServerCore::next_request_id() {
    id_state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t mixed = id_state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    mixed ^= mixed >> 31U;
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string id = "req-0000000000000000";
    for (std::size_t i = id.size(); i > 4; --i) {
        id[i - 1] = kDigits[mixed & 15U];
        mixed >>= 4U;
    }
    return id;
}

bool ServerCore::close_longest_idle() {
    Connection* longest = nullptr;
    for (Connection* connection : connections) {
        if (connection->is_idle() &&
            (longest == nullptr || connection->idle_turn() < longest->idle_turn())) {
            longest = connection;
        }
    }
    if (longest == nullptr) {
        return false;
    }
    longest->channel().end_wait();
    longest->channel().close();
    return true;
}

void ServerCore::close_idle() {
    for (Connection* connection : connections) {
        Channel& channel = connection->channel();
        // A request that has come already is still answered.
        const bool idle = connection->is_idle() && !channel.stream().has_input();
        if (idle || channel.wait() == Channel::Wait::kHandshake) {
            channel.close();
        }
    }
}

void ServerCore::end_live_streams() {
    for (Connection* connection : connections) {
        connection->end_live_stream();
    }
}

}  // namespace signalbox::net
