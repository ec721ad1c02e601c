#include "scenario/packer.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"
#include "scenario/checks/file_set.hpp"
#include "scenario/checks/input_walk.hpp"
#include "scenario/options/configuration.hpp"
#include "scenario/preflight.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <system_error>
#include <utility>

namespace signalbox::scenario {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxConfigurationBytes = std::size_t{1} << 20U;

struct ArchiveWriteDeleter {
    void operator()(struct archive* writer) const { archive_write_free(writer); }
};

struct EntryDeleter {
    void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

using Writer = std::unique_ptr<struct archive, ArchiveWriteDeleter>;

Failure write_problem(struct archive* writer, const fs::path& zip) {
    const char* text = archive_error_string(writer);
    const int number = archive_errno(writer);
    return fail(
        number == ENOSPC ? Code::kNoSpace : Code::kInternal,
        "PACKING_FAILED",
        "writing " + zip.string() + ": " + (text != nullptr ? text : "unknown error")
    );
}

/// The one configuration that is meant.
Result<fs::path> find_configuration(const fs::path& source) {
    std::error_code failed;
    const fs::path real = fs::canonical(source, failed);
    if (failed) {
        return fail(Code::kNotFound, "FILE_NOT_FOUND", "there is no " + source.string());
    }
    if (!fs::is_directory(real, failed)) {
        return real;
    }
    SB_TRY(const std::vector<std::string> found, list_configurations(real));
    if (found.empty()) {
        return fail(
            Code::kInvalid, "NO_CONFIGURATION", "No .sumocfg file found in " + source.string()
        );
    }
    if (found.size() > 1) {
        return fail(
            Code::kInvalid,
            "SEVERAL_CONFIGURATIONS",
            source.string() + " holds " + std::to_string(found.size()) +
                " configurations; name the one to pack: " + join(found, ", ")
        );
    }
    return real / found.front();
}

/// What the configuration needs, by absolute names without the leading slash.
Result<WalkReport> find_files(const fs::path& config) {
    SB_TRY(const std::string text, read_file(config, kMaxConfigurationBytes));
    SB_TRY(
        const Configuration configuration,
        parse_configuration(text, config.relative_path().generic_string())
    );
    // Seen from the root of the file system no `..` leads out.
    const DirectoryFiles files("/");
    const WalkOptions everything{
        .budget = {.bytes = std::numeric_limits<std::uint64_t>::max(), .until = SteadyTime::max()},
        .simulator_home = {}
    };
    WalkReport walked = walk_inputs(files, configuration, everything);
    if (!walked.outside.empty()) {
        return fail(
            Code::kInvalid,
            "OUTSIDE_FILE",
            config.filename().string() + " names the absolute path '" +
                walked.outside.front().written + "'; name files relative to it"
        );
    }
    walked.files.push_back(configuration.file);
    return walked;
}

/// The deepest folder that holds all of them.
std::string common_folder(const std::vector<std::string>& names) {
    std::string folder(directory_of(names.front()));
    for (const std::string& name : names) {
        while (!folder.empty() && !name.starts_with(folder + "/")) {
            folder = directory_of(folder);
        }
    }
    return folder;
}

// The archive under way, and what may end it.
struct Packing {
    struct archive* writer;
    const fs::path& zip;
    const std::stop_token& stop;
};

Result<void> write_file(const Packing& packing, const fs::path& file, const std::string& name) {
    struct archive* const writer = packing.writer;
    std::error_code failed;
    const std::uint64_t size = fs::file_size(file, failed);
    if (failed) {
        return fail(system_error(failed.value(), "reading " + file.string()));
    }
    const std::unique_ptr<archive_entry, EntryDeleter> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), name.c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(size));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    if (archive_write_header(writer, entry.get()) != ARCHIVE_OK) {
        return write_problem(writer, packing.zip);
    }
    fs::path real = fs::canonical(file, failed);
    SB_TRY(const auto source, open_file_source(failed ? file : real));
    std::uint64_t written = 0;
    bool broken = false;
    SB_OK(read_all(*source, [&](std::string_view piece) {
        const auto count = archive_write_data(writer, piece.data(), piece.size());
        broken = count != static_cast<la_ssize_t>(piece.size());
        written += piece.size();
        return !broken && !packing.stop.stop_requested();
    }));
    if (packing.stop.stop_requested()) {
        return fail(Code::kCancelled, "STOPPED", "packing " + file.string() + " was stopped");
    }
    if (broken && written <= size) {
        return write_problem(writer, packing.zip);
    }
    if (written != size) {
        return fail(
            Code::kConflict, "FILE_CHANGED", file.string() + " changed while it was being packed"
        );
    }
    return {};
}

/// Writes beside and renames, so that a failure leaves no half archive.
Result<void> write_zip(
    const fs::path& zip,
    const std::string& folder,
    const std::vector<std::string>& names,
    const std::stop_token& stop
) {
    const fs::path unfinished = zip.string() + ".part";
    Writer writer(archive_write_new());
    archive_write_set_format_zip(writer.get());
    // Times are not set: zip then holds its earliest date, whatever the time zone.
    if (archive_write_open_filename(writer.get(), unfinished.c_str()) != ARCHIVE_OK) {
        return write_problem(writer.get(), zip);
    }
    Result<void> written;
    for (const std::string& name : names) {
        written = write_file(
            {.writer = writer.get(), .zip = zip, .stop = stop}, fs::path("/") / folder / name, name
        );
        if (!written) {
            break;
        }
    }
    if (written && archive_write_close(writer.get()) != ARCHIVE_OK) {
        written = write_problem(writer.get(), zip);
    }
    std::error_code failed;
    if (written) {
        fs::rename(unfinished, zip, failed);
        if (failed) {
            written = fail(system_error(failed.value(), "writing " + zip.string()));
        }
    }
    if (!written) {
        fs::remove(unfinished, failed);
    }
    return written;
}

}  // namespace

Result<PackReport> pack_scenario(
    const std::filesystem::path& source,
    const std::filesystem::path& zip,
    const std::stop_token& stop
) {
    SB_TRY(const fs::path config, find_configuration(source));
    SB_TRY(WalkReport walked, find_files(config));
    const std::string folder = common_folder(walked.files);
    const std::size_t skip = folder.empty() ? 0 : folder.size() + 1;

    PackReport report;
    report.config_file = walked.files.back().substr(skip);
    for (const std::string& file : walked.files) {
        report.files.push_back(file.substr(skip));
    }
    for (const FileReference& missing : walked.missing) {
        report.missing.push_back(missing.written);
    }
    std::ranges::sort(report.files);
    const auto surplus = std::ranges::unique(report.files);
    report.files.erase(surplus.begin(), surplus.end());
    SB_OK(write_zip(zip, folder, report.files, stop));

    std::error_code ignored;
    for (const std::string& file : report.files) {
        report.unpacked_bytes += fs::file_size(fs::path("/") / folder / file, ignored);
    }
    report.packed_bytes = fs::file_size(zip, ignored);
    return report;
}

}  // namespace signalbox::scenario
