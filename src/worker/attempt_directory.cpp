#include "worker/attempt_directory.hpp"

#include "base/fs.hpp"
#include "base/log.hpp"
#include "contract/worker_contract.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace signalbox::worker {

namespace fs = std::filesystem;

// Whoever asks for the pid holds that the lock is held; after a crash of the machine nobody does.
Result<void> AttemptDirectory::write_pid() const {
    const fs::path file = root_ / "pid";
    SB_TRY(const UniqueFd fd, open_file(file, O_WRONLY | O_CREAT | O_TRUNC, 0644));
    return write_all(fd.get(), std::to_string(::getpid()) + "\n", file.string());
}

Result<void> AttemptDirectory::prepare_run() const {
    SB_OK(remove_tree(run()));
    // Only root can run SUMO as somebody else, who must get through. The token and the log beside
    // it have modes of their own.
    if (::geteuid() == 0 && ::chmod(root_.c_str(), 0711) != 0) {
        return fail(system_error(errno, "chmod " + root_.string()));
    }
    // Nobody else looks into a run; who SUMO runs as gets the directory for its own.
    return make_directories(run(), 0700);
}

bool AttemptDirectory::has_verdict() const {
    std::error_code ignored;
    return fs::exists(verdict(), ignored);
}

Result<model::Verdict> AttemptDirectory::read_verdict() const {
    SB_TRY(const std::string text, read_file(verdict(), contract::kMaxVerdictBytes));
    return contract::decode_verdict(text);
}

Result<void> AttemptDirectory::write_verdict(const model::Verdict& verdict_to_keep) const {
    // Nobody needs the archive any more, and after a full disk its room is what the verdict needs.
    ::unlink(scenario().c_str());
    return write_file_atomically(verdict(), contract::encode(verdict_to_keep), 0600);
}

Result<void> AttemptDirectory::sync() const {
    SB_TRY(const UniqueFd directory, open_file(root_, O_RDONLY | O_DIRECTORY));
    if (::syncfs(directory.get()) != 0) {
        return fail(system_error(errno, "syncfs " + root_.string()));
    }
    return write_file_durably(root_ / "synced", "", 0600);
}

void AttemptDirectory::remove_contents() const {
    std::error_code problem;
    for (fs::directory_iterator it(root_, problem), end; !problem && it != end;
         it.increment(problem)) {
        if (it->path().filename() == "lock") {
            continue;
        }
        std::error_code failed;
        fs::remove_all(it->path(), failed);
        if (failed) {
            log::warning(
                "could not remove a file",
                {{"path", it->path().string()}, {"error", failed.message()}}
            );
        }
    }
}

}  // namespace signalbox::worker
