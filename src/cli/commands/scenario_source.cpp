#include "cli/commands/scenario_source.hpp"

#include "base/text.hpp"
#include "scenario/packer.hpp"

#include <cerrno>
#include <cstdlib>
#include <utility>

namespace signalbox::cli {

namespace {

namespace fs = std::filesystem;

// A directory of our own below the temporary one; removed with its owner.
class TemporaryDirectory {
public:
    explicit TemporaryDirectory(fs::path path) : path_(std::move(path)) {}

    ~TemporaryDirectory() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }

    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    [[nodiscard]] const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

Result<std::shared_ptr<TemporaryDirectory>> make_temporary_directory() {
    std::error_code problem;
    fs::path base = fs::temp_directory_path(problem);
    std::string pattern = (problem ? fs::path("/tmp") : base) / "signalbox-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) {
        return fail(system_error(errno, "cannot make a temporary directory " + pattern));
    }
    return std::make_shared<TemporaryDirectory>(pattern);
}

std::string stem_of(const fs::path& path) {
    std::error_code ignored;
    const fs::path clean = fs::weakly_canonical(path, ignored);
    std::string stem =
        fs::is_directory(clean, ignored) ? clean.filename().string() : clean.stem().string();
    return stem.empty() ? "scenario" : stem;
}

Result<ScenarioSource> pack(
    const fs::path& path, const fs::path& what, const std::stop_token& stop
) {
    SB_TRY(auto temporary, make_temporary_directory());
    ScenarioSource source;
    source.default_name = stem_of(path);
    source.file_name = source.default_name + ".zip";
    source.zip = temporary->path() / "scenario.zip";
    SB_TRY(scenario::PackReport report, scenario::pack_scenario(what, source.zip, stop));
    source.packed = true;
    source.config_file = std::move(report.config_file);
    source.files = report.files.size();
    source.bytes = report.packed_bytes;
    source.missing = std::move(report.missing);
    source.temporary = std::move(temporary);
    return source;
}

}  // namespace

bool must_be_packed(const std::string& source) {
    std::error_code ignored;
    return fs::path(source).extension() == ".sumocfg" || fs::is_directory(source, ignored);
}

Result<ScenarioSource> open_scenario_source(
    const std::string& source, const std::string& config_file, const std::stop_token& stop
) {
    const fs::path path(source);
    std::error_code problem;
    const fs::file_status status = fs::status(path, problem);
    if (status.type() == fs::file_type::not_found) {
        return fail(Code::kNotFound, "NO_SUCH_FILE", "there is no file or directory " + source);
    }
    if (status.type() == fs::file_type::none) {
        return fail(system_error(problem.value(), "cannot look at " + source));
    }
    if (fs::is_directory(status)) {
        return pack(path, config_file.empty() ? path : path / config_file, stop);
    }
    if (must_be_packed(source)) {
        return pack(path, path, stop);
    }
    if (!fs::is_regular_file(status)) {
        return fail(
            Code::kInvalid,
            "NO_SCENARIO",
            source + " is neither a zip file, nor a directory, nor a .sumocfg"
        );
    }
    const std::uintmax_t bytes = fs::file_size(path, problem);
    return ScenarioSource{
        .zip = path,
        .file_name = path.filename().string(),
        .default_name = stem_of(path),
        .config_file = config_file,
        .bytes = problem ? 0 : bytes
    };
}

}  // namespace signalbox::cli
