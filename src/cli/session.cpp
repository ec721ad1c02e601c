#include "cli/session.hpp"

#include "base/uuid.hpp"
#include "contract/job_contract.hpp"

#include <utility>

namespace signalbox::cli {

Session::Session(Surroundings surroundings, Settings settings)
    : surroundings_(std::move(surroundings)), settings_(std::move(settings)) {}

Result<Connection> Session::connection(Purpose purpose) {
    SB_TRY(const Contexts contexts, surroundings_.contexts.load());
    return resolve_connection(settings_, surroundings_.variables, contexts, purpose);
}

Result<ApiClient*> Session::client_for(std::unique_ptr<ApiClient>& slot, Purpose purpose) {
    if (!slot) {
        SB_TRY(Connection found, connection(purpose));
        SB_TRY(
            slot,
            ApiClient::make(
                surroundings_.interrupts.executor(), surroundings_.pool, std::move(found)
            )
        );
    }
    return slot.get();
}

Task<Result<std::string>> get_job_id(ApiClient& client, std::string id) {
    if (is_uuid(id)) {
        co_return std::move(id);
    }
    SB_CO_TRY(const auto job, co_await client.fetch(job_target(id), &contract::decode_job_view));
    co_return job.value.job_id;
}

}  // namespace signalbox::cli
