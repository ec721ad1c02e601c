// What a command works with: the server, the terminal, the settings. One per invocation.
//
// Threads: the event loop.  Suspends: get_job_id.  Errors: those of finding the server and the key.
#pragma once

#include "async/blocking_pool.hpp"
#include "async/task.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "cli/client/api_client.hpp"
#include "cli/client/connection.hpp"
#include "cli/context_store.hpp"
#include "cli/interrupts.hpp"
#include "cli/settings.hpp"
#include "cli/show/terminal.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace signalbox::cli {

/// What the program runs in; everything outlives the session.
struct Surroundings {
    async::BlockingPool& pool;
    Terminal& terminal;
    ContextStore& contexts;
    Interrupts& interrupts;
    const Clock& clock;
    Random& random;
    Variables variables;
    /// The first wait after a cut; tests have none to lose.
    std::chrono::milliseconds first_wait{500};
    /// How often a waiting job is asked why it waits.
    std::chrono::milliseconds explain_interval{5'000};
};

class Session {
public:
    Session(Surroundings surroundings, Settings settings);

    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Made at the first call; valid as long as the session.
    [[nodiscard]] Result<ApiClient*> client() { return client_for(tenant_, Purpose::kTenant); }

    [[nodiscard]] Result<ApiClient*> admin_client() { return client_for(admin_, Purpose::kAdmin); }

    [[nodiscard]] Result<Connection> connection(Purpose purpose);

    [[nodiscard]] const Settings& settings() const { return settings_; }

    [[nodiscard]] Surroundings& parts() { return surroundings_; }

    [[nodiscard]] Terminal& terminal() { return surroundings_.terminal; }

    [[nodiscard]] Instant now() const { return surroundings_.clock.now(); }

    [[nodiscard]] bool is_table() const { return settings_.format == Format::kTable; }

private:
    Result<ApiClient*> client_for(std::unique_ptr<ApiClient>& slot, Purpose purpose);

    Surroundings surroundings_;
    Settings settings_;
    std::unique_ptr<ApiClient> tenant_;
    std::unique_ptr<ApiClient> admin_;
};

/// The full id of a job for which only a beginning or an end may have been given; the server knows.
Task<Result<std::string>> get_job_id(ApiClient& client, std::string id);

}  // namespace signalbox::cli
