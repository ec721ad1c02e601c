// A whole server for the tests of this folder: real SQLite store, real directories, real HTTP on a
// free port of the loopback; only the runner is a fake, and workers are played by the test.
//
// Requests block until their answer is there; the loop runs meanwhile.
//
// Threads: the test's.  Suspends: never.  Errors: an unexpected one fails the test.
#pragma once

#include "api/api_server.hpp"
#include "async/task_group.hpp"
#include "base/uuid.hpp"
#include "files/directory/directory_log_files.hpp"
#include "files/directory/directory_result_files.hpp"
#include "files/directory/directory_scenario_files.hpp"
#include "jobs/testing/unused.hpp"
#include "net/http_client.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "tests/support/temporary_directory.hpp"
#include "wire/sse_parser.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace signalbox::api {

inline const std::string kAdminKey = "the-admin-key";

class FakeRunner final : public jobs::testing::UnusedRunner {
public:
    Task<Result<void>> nudge(AttemptId attempt) override {
        nudged.push_back(std::move(attempt));
        co_return Result<void>();
    }

    [[nodiscard]] std::int64_t slots() const override { return 2; }

    std::vector<AttemptId> nudged;
};

struct ServerSetup {
    ApiConfig config;
    bool has_sumo = true;
    tenancy::RatesConfig rates;
};

struct Ask {
    net::Method method = net::Method::kGet;
    std::string target{};
    std::string key{};  ///< as Authorization: Bearer; empty: none
    std::string body{};
    std::vector<net::Header> headers{};
};

class TestServer {
public:
    explicit TestServer(ServerSetup setup = {});
    ~TestServer();
    TestServer(const TestServer&) = delete;
    TestServer& operator=(const TestServer&) = delete;

    /// Runs the loop until the task has its result.
    template <class T>
    T wait(Task<T> task) {
        std::optional<T> result;
        tasks_.spawn("test", keep(std::move(task), result));
        run_until([&result] { return result.has_value(); });
        return std::move(*result);
    }

    net::ClientResponse send(Ask ask);
    net::ClientResponse get(std::string target, std::string key = {});
    net::ClientResponse post(std::string target, std::string key, std::string json = {});

    /// Registers a tenant and returns its key.
    std::string add_tenant(const std::string& id, const std::string& limits = {});

    net::ClientStream open_stream(Ask ask);

    /// Runs the loop until `done()`; throws when that takes too long.
    template <class Done>
    void run_until(Done done) {
        const SteadyTime until = clock.steady() + std::chrono::seconds(20);
        while (!done()) {
            loop.restart();  // it stops whenever it has nothing to wait for
            loop.run_one_until(until);
            if (clock.steady() >= until) {
                throw std::runtime_error("the server does not answer");
            }
        }
    }

    boost::asio::io_context loop;
    testing::TemporaryDirectory directory;
    async::BlockingPool pool{2};
    SystemClock clock;
    OsRandom random;
    Metrics metrics;
    UuidGenerator ids{clock, random};
    async::Signal changes{loop.get_executor()};
    FakeRunner runner;
    std::unique_ptr<store::SqliteStore> store;
    files::DirectoryScenarioFiles archives;
    files::DirectoryResultFiles results;
    files::DirectoryLogFiles logs;
    tenancy::RateLimits rates;
    tenancy::Authenticator authenticator;
    tenancy::TenantService tenants;
    jobs::SubmissionService submissions;
    jobs::RunProbe probe{metrics};
    jobs::WorkerService workers;
    jobs::JobService job_service;
    jobs::LogFeeds log_feeds;
    Api api;
    net::HttpServer server;
    std::uint16_t port = 0;

private:
    template <class T>
    static Task<void> keep(Task<T> task, std::optional<T>& result) {
        result.emplace(co_await std::move(task));
    }

    async::TaskGroup tasks_{loop.get_executor()};
    std::unique_ptr<net::HttpClient> client_;
};

/// The test plays a worker: claims the tenant's next job, and speaks for it.
struct FakeWorker {
    FakeWorker(TestServer& server, const std::string& tenant);

    net::ClientResponse beat(const std::string& phase = "running");
    net::ClientResponse log(std::uint64_t offset, std::string bytes);
    net::ClientResponse result(const std::string& path, std::string bytes);
    net::ClientResponse conclude(const model::Verdict& verdict);
    /// A verdict COMPLETED with these result files.
    net::ClientResponse complete(std::vector<model::ResultFile> files = {});

    TestServer& server;
    AttemptId attempt;
    std::string token;
};

/// The events of a stream, one at a time.
class EventReader {
public:
    EventReader(
        TestServer& server,
        const std::string& target,
        const std::string& key,
        const std::string& last_event_id = {}
    );

    [[nodiscard]] unsigned status() const { return stream_.status(); }

    /// None at the end of the stream.
    std::optional<wire::SseEvent> next();

    /// All that comes until the end.
    std::vector<wire::SseEvent> rest();

    /// Raw bytes as they come next: comments too.
    std::string next_bytes();

private:
    TestServer& server_;
    net::ClientStream stream_;
    wire::SseParser parser_;
};

/// A zip of these files.
[[nodiscard]] std::string make_zip(const std::vector<std::pair<std::string, std::string>>& files);

/// A small scenario that passes every check.
[[nodiscard]] std::string make_scenario();

struct Form {
    std::string body;
    std::string content_type;
};

/// `multipart/form-data`; the part `sumo_files` gets a file name.
[[nodiscard]] Form make_form(const std::vector<std::pair<std::string, std::string>>& parts);

/// Submits the small scenario under `name`, with further fields, and returns the answer.
net::ClientResponse submit(
    TestServer& server,
    const std::string& key,
    const std::string& name,
    std::vector<std::pair<std::string, std::string>> fields = {}
);

/// The same; the job's id.
std::string submit_job_id(TestServer& server, const std::string& key, const std::string& name);

[[nodiscard]] std::string header(const net::ClientResponse& response, std::string_view name);

}  // namespace signalbox::api
