// Scenario archives in a directory: `<root>/<first two digits>/<sha256>.zip`.
//
// The modification time of an archive is when it was last adopted or touched. Looking at it and
// removing the archive is one step against adopting and touching: nothing young is ever removed.
//
// Threads: event loop; the disk on the pool.  Suspends: everything.  Errors: as ScenarioFiles.
#pragma once

#include "async/blocking_pool.hpp"
#include "base/clock.hpp"
#include "files/scenario_files.hpp"

#include <memory>

namespace signalbox::files {

class DirectoryScenarioFiles final : public ScenarioFiles {
public:
    /// `root` exists, on the file system of the spool. Pool and clock must outlive this.
    DirectoryScenarioFiles(
        async::BlockingPool& pool, const Clock& clock, std::filesystem::path root
    );

    Task<Result<void>> adopt(std::filesystem::path spooled, model::ScenarioRef ref) override;
    Task<Result<OpenFile>> open(std::string sha256) override;
    Task<Result<void>> touch(std::string sha256) override;
    Task<Result<std::vector<std::string>>> list_older_than(
        Instant before, std::string after, std::size_t limit
    ) override;
    Task<Result<void>> remove(std::string sha256, Instant before) override;

private:
    struct Ages;

    async::BlockingPool& pool_;
    const Clock& clock_;
    std::filesystem::path root_;
    std::shared_ptr<Ages> ages_;  ///< held by pool threads
};

}  // namespace signalbox::files
