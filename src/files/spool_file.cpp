#include "files/spool_file.hpp"

#include "base/fs.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>

namespace signalbox::files {

struct SpoolFile::State {
    // A file that was made for a waiter who had gone by then.
    ~State() { ::unlink(path.c_str()); }

    std::filesystem::path path;
    UniqueFd file;
    Sha256 hash;
    std::uint64_t size = 0;
    std::uint64_t max_bytes = 0;
};

Error upload_too_large(std::uint64_t bytes, std::uint64_t max_bytes) {
    constexpr double kMegabyte = 1 << 20;
    return Error(
               Code::kTooLarge,
               "FILE_TOO_LARGE",
               fmt::format(
                   "File too large: {:.2f}MB (max: {}MB)",
                   static_cast<double>(bytes) / kMegabyte,
                   max_bytes >> 20U
               )
    )
        .with("max_bytes", static_cast<std::int64_t>(max_bytes));
}

SpoolFile::SpoolFile(async::BlockingPool& pool, std::shared_ptr<State> state)
    : pool_(pool), state_(std::move(state)) {}

// The name goes at once; the state may live on in a pool thread for a moment.
SpoolFile::~SpoolFile() {
    ::unlink(state_->path.c_str());
}

Task<Result<std::unique_ptr<SpoolFile>>> SpoolFile::create(
    async::BlockingPool& pool, std::filesystem::path directory, std::uint64_t max_bytes
) {
    auto make = [directory = std::move(directory), max_bytes]() -> Result<std::shared_ptr<State>> {
        std::string name = (directory / "upload-XXXXXX").string();
        UniqueFd file(::mkostemp(name.data(), O_CLOEXEC));
        if (!file.valid()) {
            return fail(system_error(errno, "make a file in " + directory.string()));
        }
        auto state = std::make_shared<State>();
        state->path = name;
        state->file = std::move(file);
        state->max_bytes = max_bytes;
        return state;
    };
    SB_CO_TRY(auto state, co_await pool.run(std::move(make)));
    co_return std::unique_ptr<SpoolFile>(new SpoolFile(pool, std::move(state)));
}

Task<Result<void>> SpoolFile::append(std::string bytes) {
    if (state_->size + bytes.size() > state_->max_bytes) {
        co_return fail(upload_too_large(state_->size + bytes.size(), state_->max_bytes));
    }
    state_->size += bytes.size();
    co_return co_await pool_.run([state = state_, bytes = std::move(bytes)]() -> Result<void> {
        state->hash.update(bytes);
        return write_all(state->file.get(), bytes, state->path.string());
    });
}

model::ScenarioRef SpoolFile::finish() {
    return {.sha256 = to_hex(state_->hash.finish()), .size_bytes = state_->size};
}

const std::filesystem::path& SpoolFile::path() const {
    return state_->path;
}

std::uint64_t SpoolFile::size_bytes() const {
    return state_->size;
}

}  // namespace signalbox::files
