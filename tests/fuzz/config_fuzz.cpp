// The configuration file: what was accepted is printed as a file that means the same.
#include "app/config_loader.hpp"
#include "tests/fuzz/input.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace {

using namespace signalbox;

// A file of this process alone, which is written again for each text.
class MemoryFile {
public:
    MemoryFile() : fd_(::memfd_create("configuration", MFD_CLOEXEC)) { SB_CHECK(fd_ >= 0); }

    std::string path_of(std::string_view text) const {
        SB_CHECK(::ftruncate(fd_, 0) == 0);
        SB_CHECK(::pwrite(fd_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
        return "/proc/self/fd/" + std::to_string(fd_);
    }

private:
    int fd_;
};

std::vector<std::string> load(std::string_view text, app::ServerConfig& config) {
    static const MemoryFile file;
    app::ConfigSources sources;
    sources.file = file.path_of(text);
    sources.environment = [](const std::string&) { return std::nullopt; };
    return app::load_config(sources, config);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    app::ServerConfig config;
    // Paths that would be opened.
    const std::string_view text = fuzz::as_text(data, size);
    if (text.contains("admin_key_file") || text.contains("tls_")) {
        return 0;
    }
    if (!load(text, config).empty()) {
        return 0;
    }
    const std::string printed = app::print_config(config);
    app::ServerConfig again;
    SB_CHECK(load(printed, again).empty());
    SB_CHECK(app::print_config(again) == printed);
    return 0;
}
