#include "worker/server/delivery.hpp"

#include "base/log.hpp"
#include "worker/evidence/file_walk.hpp"

#include <sys/stat.h>

#include <memory>

namespace signalbox::worker {

namespace fs = std::filesystem;

namespace {

bool is_over(const Error& error) {
    return error.code() == Code::kGone;
}

Result<net::FilePiece> open_result(const fs::path& run, const model::ResultFile& result) {
    SB_TRY(UniqueFd file, open_beneath(run, result.path));
    struct stat facts{};
    if (::fstat(file.get(), &facts) != 0 ||
        static_cast<std::uint64_t>(facts.st_size) != result.size_bytes) {
        return fail(Code::kInvalid, "RESULT_CHANGED", result.path + " is not what it was");
    }
    return net::FilePiece{
        .file = std::make_shared<const UniqueFd>(std::move(file)),
        .offset = 0,
        .length = result.size_bytes
    };
}

// False: the file can never be delivered.
Task<Result<bool>> deliver_result(
    AttemptClient& client, const fs::path& run, const model::ResultFile& result, Patience patience
) {
    const auto piece = open_result(run, result);
    if (!piece) {
        log::error("a result is lost", {{"error", piece.error().message()}});
        co_return false;
    }
    const auto taken =
        co_await retry(patience, "result", [&] { return client.put_result(result, *piece); });
    if (!taken && !is_over(taken.error()) && !may_pass(taken.error())) {
        log::error(
            "the server refuses a result",
            {{"path", result.path}, {"error", taken.error().message()}}
        );
        co_return false;
    }
    SB_CO_OK(taken);
    co_return true;
}

// The last resort: the reason stays known to the server even if it cannot read the rest.
model::Verdict bare_verdict(const Error& refusal) {
    model::Verdict verdict;
    verdict.reason = model::Reason::kInternal;
    verdict.error = "the server refused the verdict: " + refusal.message();
    return verdict;
}

Task<Result<void>> deliver_verdict(
    AttemptClient& client, const model::Verdict& verdict, Patience patience
) {
    const auto post = [&client, &patience](std::string text) {
        return retry(patience, "verdict", [&client, text = std::move(text)] {
            return client.post_verdict(text);
        });
    };
    const auto taken = co_await post(contract::encode(verdict));
    if (taken || is_over(taken.error()) || may_pass(taken.error())) {
        co_return taken;
    }
    log::error("the server refuses the verdict", {{"error", taken.error().message()}});
    co_return co_await post(contract::encode(bare_verdict(taken.error())));
}

}  // namespace

Task<Result<void>> deliver(
    AttemptClient& client,
    LogShipper& log,
    fs::path run_directory,
    model::Verdict verdict,
    Patience patience
) {
    SB_CO_OK(co_await log.ship_rest(patience));
    std::vector<model::ResultFile> taken;
    for (const model::ResultFile& result : verdict.files) {
        SB_CO_TRY(
            const bool delivered, co_await deliver_result(client, run_directory, result, patience)
        );
        if (delivered) {
            taken.push_back(result);
        }
    }
    verdict.files = std::move(taken);
    co_return co_await deliver_verdict(client, verdict, patience);
}

}  // namespace signalbox::worker
