#include "worker/server/scenario_download.hpp"

#include "base/fs.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace signalbox::worker {

namespace {

constexpr unsigned kPartialContent = 206;

Failure mismatch(const std::string& what) {
    return fail(Code::kInvalid, "SCENARIO_MISMATCH", what);
}

class Download {
public:
    Download(AttemptClient& client, contract::ScenarioInfo scenario, UniqueFd file)
        : client_(client), scenario_(std::move(scenario)), file_(std::move(file)) {}

    /// One connection: from where the last one ended to the end.
    Task<Result<void>> go_on() {
        SB_CO_TRY(net::ClientStream stream, co_await client_.open_scenario(scenario_, received_));
        if (stream.status() != kPartialContent) {
            SB_CO_OK(start_over());
        }
        for (;;) {
            SB_CO_TRY(const std::string_view piece, co_await stream.next());
            if (piece.empty()) {
                co_return check_size();
            }
            SB_CO_OK(take(piece));
        }
    }

    /// After the connections: what went wrong on this side, or with what came.
    Result<void> check(bool all_came) {
        if (local_problem_) {
            return fail(std::move(*local_problem_));
        }
        const std::string hash = to_hex(hash_.finish());
        if (all_came && hash != scenario_.sha256) {
            return mismatch(
                "the scenario's SHA-256 is " + hash + ", not " + scenario_.sha256 + " as announced"
            );
        }
        return {};
    }

private:
    Result<void> start_over() {
        received_ = 0;
        hash_ = Sha256();
        if (::ftruncate(file_.get(), 0) != 0 || ::lseek(file_.get(), 0, SEEK_SET) != 0) {
            return fail_here(system_error(errno, "empty the scenario's file"));
        }
        return {};
    }

    Result<void> take(std::string_view piece) {
        received_ += piece.size();
        if (received_ > scenario_.size_bytes) {
            return mismatch(
                "the scenario is longer than " + std::to_string(scenario_.size_bytes) +
                " bytes as announced"
            );
        }
        hash_.update(piece);
        if (auto written = write_all(file_.get(), piece, "the scenario"); !written) {
            return fail_here(std::move(written).error());
        }
        return {};
    }

    // Connecting again would not help.
    Failure fail_here(Error problem) {
        local_problem_ = std::move(problem);
        return fail(Code::kInvalid, "LOCAL_FILE", local_problem_->message());
    }

    // A body that ends early is the connection's fault: it is taken up again.
    Result<void> check_size() const {
        if (received_ == scenario_.size_bytes) {
            return {};
        }
        return fail(
            Code::kUnavailable,
            "CUT_SHORT",
            "only " + std::to_string(received_) + " of " + std::to_string(scenario_.size_bytes) +
                " bytes of the scenario came"
        );
    }

    AttemptClient& client_;
    contract::ScenarioInfo scenario_;
    UniqueFd file_;
    Sha256 hash_;
    std::uint64_t received_ = 0;
    std::optional<Error> local_problem_;
};

}  // namespace

Task<Result<void>> download_scenario(
    AttemptClient& client,
    contract::ScenarioInfo scenario,
    std::filesystem::path file,
    Patience patience
) {
    SB_CO_TRY(UniqueFd target, open_file(file, O_WRONLY | O_CREAT | O_TRUNC, 0600));
    Download download(client, std::move(scenario), std::move(target));
    auto fetched = co_await retry(patience, "scenario", [&download] { return download.go_on(); });
    SB_CO_OK(download.check(fetched.has_value()));
    co_return fetched;
}

}  // namespace signalbox::worker
