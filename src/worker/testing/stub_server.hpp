// The server's side of `/worker/v1/…` in the test's own process, on a Unix socket.
//
// Keeps what it was told; answers what the test wants. The log and the verdict follow the contract:
// a gap is refused with what is expected, the first verdict stays.
//
// Threads: the event loop.  Suspends: stop.  Errors: a socket that cannot be had ends the test.
#pragma once

#include "async/blocking_pool.hpp"
#include "contract/worker_contract.hpp"
#include "net/http_server.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::worker {

class StubServer {
public:
    StubServer(Executor executor, async::BlockingPool& pool, const std::filesystem::path& socket);

    Task<void> stop();

    // What it answers.
    contract::AttemptDescription attempt;
    std::string zip;
    contract::BeatAnswer order;
    bool gone = false;
    bool away = false;                ///< 503 to everything
    std::size_t cut_scenario_at = 0;  ///< the first answer with the scenario ends here; 0: whole
    std::string refused_result;       ///< this one gets 413
    /// Before each answer, with `GET /attempt`, `PUT /results/x.xml`, …
    std::function<void(const std::string& call)> on_call;
    std::function<void()> on_log;  ///< after each piece of it

    // What it was told.
    std::vector<std::string> calls;
    std::vector<contract::BeatRequest> beats;
    std::string log;
    std::map<std::string, std::string> results;
    std::optional<model::Verdict> verdict;

    [[nodiscard]] bool saw_phase(contract::WorkerPhase phase) const;

private:
    Task<net::Response> answer(net::Request& request);
    net::Response answer_scenario(const net::Request& request);
    Task<net::Response> take_log(net::Request& request);
    Task<net::Response> take_result(net::Request& request, std::string path);
    Task<net::Response> take_verdict(net::Request& request);

    net::HttpServer server_;
};

}  // namespace signalbox::worker
