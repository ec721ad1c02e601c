// Runs the command line in the test's own process, against a small server with canned answers.
//
// Output is captured, the environment is a map, contexts live in memory, nothing waits longer than
// it has to. Routes are looked up as "GET /jobs/x"; what is not there is answered 404.
//
// Threads: one at a time.  Suspends: never outward.  Errors: none.
#pragma once

#include "cli/program.hpp"
#include "net/http_server.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace signalbox::cli {

class MemoryContexts final : public ContextStore {
public:
    [[nodiscard]] Result<Contexts> load() override { return contexts; }

    [[nodiscard]] Result<void> save(const Contexts& given) override {
        contexts = given;
        return {};
    }

    [[nodiscard]] std::string path() const override { return "memory"; }

    Contexts contexts;
};

struct CannedRequest {
    std::string target;  ///< path and query
    std::string body;
    net::Headers headers;
};

using CannedAnswer = std::function<net::Response(const CannedRequest&)>;

struct Ran {
    int code = -1;
    std::string out;
    std::string err;
};

class CliFixture {
public:
    CliFixture();
    ~CliFixture();
    CliFixture(const CliFixture&) = delete;
    CliFixture& operator=(const CliFixture&) = delete;

    /// `route` is method and path; answers may be replaced.
    void answer(const std::string& route, CannedAnswer with);
    void answer(const std::string& route, std::string json, unsigned status = 200);

    /// The command line, until it ends. SIGNALBOX_URL names the server unless `environment` does.
    Ran run(std::vector<std::string> args);

    /// What was asked for, in order: "GET /jobs?limit=50".
    [[nodiscard]] const std::vector<std::string>& requests() const { return requests_; }

    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

    /// An address nobody listens at.
    [[nodiscard]] std::string dead_url();

    std::map<std::string, std::string> environment;
    MemoryContexts contexts;
    /// Of the terminal that is pretended; changes count for the next run.
    TerminalOptions terminal;
    /// The interrupts of the run under way, for answers that raise one.
    Interrupts* interrupts = nullptr;

private:
    Task<net::Response> handle(net::Request& request);

    boost::asio::io_context loop_;
    async::BlockingPool pool_{2};
    std::map<std::string, CannedAnswer> answers_;
    std::vector<std::string> requests_;
    std::unique_ptr<net::HttpServer> server_;
    std::uint16_t port_ = 0;
    std::string out_;
    std::string err_;
};

[[nodiscard]] net::Response json_answer(std::string json, unsigned status = 200);

/// An event stream of this text; `cut` breaks it off, else it ends in order.
[[nodiscard]] net::Response stream_answer(std::string text, bool cut);

/// `text` without terminal control sequences' beginnings: true when it has none.
[[nodiscard]] inline bool has_no_control_codes(const std::string& text) {
    return text.find('\x1b') == std::string::npos && text.find('\r') == std::string::npos;
}

inline constexpr const char* kJobId = "0192f3c4-1111-7222-8333-44444a1b2c3d";

/// The detail of a job in this state, as the server answers.
[[nodiscard]] std::string job_json(
    const std::string& status, const std::string& reason = "", const std::string& error = ""
);

}  // namespace signalbox::cli
