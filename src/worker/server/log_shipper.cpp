#include "worker/server/log_shipper.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace signalbox::worker {

namespace {

constexpr std::size_t kBatchBytes = std::size_t{256} << 10U;

}  // namespace

Result<std::unique_ptr<LogShipper>> LogShipper::open(
    Executor executor,
    AttemptClient& client,
    const std::filesystem::path& file,
    const WorkerTimes& times
) {
    SB_TRY(UniqueFd fd, open_file(file, O_RDONLY));
    return std::unique_ptr<LogShipper>(
        new LogShipper(std::move(executor), client, std::move(fd), times)
    );
}

LogShipper::LogShipper(
    Executor executor, AttemptClient& client, UniqueFd file, const WorkerTimes& times
)
    : client_(client),
      file_(std::move(file)),
      times_(times),
      wake_(std::move(executor)),
      woken_(wake_.subscribe(kKey)) {}

std::uint64_t LogShipper::size() const {
    struct stat facts{};
    return ::fstat(file_.get(), &facts) == 0 ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

Result<std::string> LogShipper::read_batch() const {
    std::string bytes(
        std::min<std::uint64_t>(kBatchBytes, size() - std::min(shipped_, size())), '\0'
    );
    const ssize_t count =
        ::pread(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(shipped_));
    if (count < 0) {
        return fail(system_error(errno, "read the log"));
    }
    bytes.resize(static_cast<std::size_t>(count));
    return bytes;
}

Task<Result<void>> LogShipper::ship_batch() {
    SB_CO_TRY(std::string bytes, read_batch());
    const std::uint64_t sent_from = shipped_;
    SB_CO_TRY(shipped_, co_await client_.put_log(sent_from, std::move(bytes)));
    if (shipped_ == sent_from && shipped_ < size()) {
        co_return fail(
            Code::kUnavailable,
            "LOG_STUCK",
            "the server took nothing of the log behind byte " + std::to_string(sent_from)
        );
    }
    co_return Result<void>();
}

Task<void> LogShipper::run(StopSwitch& stop, Random& random) {
    std::uint32_t failures = 0;
    while (!stop.fenced()) {
        if (shipped_ >= size()) {
            co_await woken_.wait(times_.beat);
            continue;
        }
        const auto shipped = co_await ship_batch();
        failures = shipped ? 0 : failures + 1;
        if (!shipped && shipped.error().code() == Code::kGone) {
            stop.request(scenario::StopCause::kFenced);
        } else if (!shipped) {
            co_await async::sleep_for(async::backoff_delay(times_.retry, failures, random));
        } else if (size() - std::min(shipped_, size()) < kBatchBytes) {
            co_await async::sleep_for(times_.log_batch);
        }
    }
}

Task<Result<void>> LogShipper::ship_rest(Patience patience) {
    // An empty batch first: whatever happened before, the answer says where the server's log ends.
    shipped_ = size();
    do {
        SB_CO_OK(co_await retry(patience, "log", [this] { return ship_batch(); }));
    } while (shipped_ < size());
    co_return Result<void>();
}

}  // namespace signalbox::worker
