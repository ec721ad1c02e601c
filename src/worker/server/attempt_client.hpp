// The worker's side of `/worker/v1/…`: one function per call, typed both ways.
//
// Every call may be repeated. kGone means that this attempt is over: end SUMO, send nothing more.
//
// Threads: the event loop.  Suspends: every call.
// Errors: those of the server's error body, and of net/http_client.hpp.
#pragma once

#include "async/blocking_pool.hpp"
#include "base/error.hpp"
#include "contract/worker_contract.hpp"
#include "net/http_client.hpp"
#include "worker/settings.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace signalbox::worker {

class AttemptClient {
public:
    /// The pool must outlive the client.
    [[nodiscard]] static Result<std::unique_ptr<AttemptClient>> make(
        Executor executor, async::BlockingPool& pool, const WorkerSettings& settings
    );

    Task<Result<contract::AttemptDescription>> get_attempt();

    /// The scenario's bytes from `offset` on; a server may ignore the offset and answer 200.
    Task<Result<net::ClientStream>> open_scenario(
        contract::ScenarioInfo scenario, std::uint64_t offset
    );

    Task<Result<contract::BeatAnswer>> beat(contract::BeatRequest beat);

    /// Returns where the server's log ends now, also when that was before `offset`.
    Task<Result<std::uint64_t>> put_log(std::uint64_t offset, std::string bytes);

    Task<Result<void>> put_result(model::ResultFile result, net::FilePiece content);

    /// `verdict` is encoded. A verdict that is stored already, this one or another, is success: it
    /// is over.
    Task<Result<void>> post_verdict(std::string verdict);

private:
    AttemptClient(
        Executor executor,
        async::BlockingPool& pool,
        std::unique_ptr<net::HttpClient> client,
        const WorkerSettings& settings
    );

    [[nodiscard]] net::ClientRequest make_request(net::Method method, std::string target) const;
    Task<Result<net::ClientResponse>> send(net::ClientRequest request);

    Executor executor_;
    async::BlockingPool& pool_;
    std::unique_ptr<net::HttpClient> client_;
    std::string authorization_;
    std::filesystem::path ca_file_;
    std::chrono::milliseconds answer_time_;
};

}  // namespace signalbox::worker
