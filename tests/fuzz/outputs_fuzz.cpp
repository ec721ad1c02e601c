// SUMO's outputs, whole, cut or damaged: what is read of them are numbers, and the same ones
// wherever a stream is cut.
#include "base/fs.hpp"
#include "base/text.hpp"
#include "scenario/outputs/figures.hpp"
#include "scenario/outputs/outputs.hpp"
#include "scenario/outputs/summary_reader.hpp"
#include "scenario/outputs/sumo_log.hpp"
#include "tests/fuzz/input.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>

namespace {

using namespace signalbox;

/// The readers want files: one, in memory if the machine has a place there.
class OutputFile {
public:
    OutputFile() : fd_(open_file(path_, O_RDWR | O_CREAT | O_TRUNC).value()) {}

    ~OutputFile() { std::filesystem::remove(path_); }

    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    const std::filesystem::path& hold(std::string_view text) {
        SB_CHECK(::ftruncate(fd_.get(), 0) == 0 && ::lseek(fd_.get(), 0, SEEK_SET) == 0);
        SB_CHECK(write_all(fd_.get(), text, "output"));
        return path_;
    }

private:
    static std::filesystem::path place() {
        const std::filesystem::path memory = "/dev/shm";
        const bool there = std::filesystem::is_directory(memory);
        return (there ? memory : std::filesystem::temp_directory_path()) /
               ("signalbox_outputs_fuzz." + std::to_string(::getpid()));
    }

    std::filesystem::path path_ = place();
    UniqueFd fd_;
};

bool is_number(const model::Figure& figure) {
    return !figure || std::isfinite(*figure);
}

void check_files(const std::filesystem::path& file) {
    scenario::FigureSources sources;
    sources.statistics = scenario::read_statistics(file).value();
    sources.tripinfo = scenario::read_tripinfo(file).value();
    const model::Figures figures = scenario::make_figures(sources);
    SB_CHECK(is_number(sources.statistics->figures.trips.duration));
    SB_CHECK(is_number(sources.statistics->figures.trips.total_travel_time));
    SB_CHECK(is_number(figures.trips.duration) && is_number(figures.trips.total_travel_time));
    SB_CHECK(!figures.emissions || is_number(figures.emissions->co2));
    SB_CHECK(scenario::is_complete_xml(file));
}

std::string read_summary(const std::vector<std::string_view>& pieces) {
    scenario::SummaryThinner steps;
    scenario::SummaryReader reader([&steps](const scenario::SummaryStep& step) {
        SB_CHECK(std::isfinite(step.time));
        steps.add(step);
    });
    for (const std::string_view piece : pieces) {
        reader.feed(piece);
    }
    return steps.to_xml();
}

void check_log(std::string_view text) {
    scenario::SumoLog log;
    for (const std::string_view line : split(text, '\n')) {
        for (const std::string_view part : split(line, '\r')) {
            const auto step = log.feed_line(part);
            SB_CHECK(!step || std::isfinite(step->time));
        }
    }
    const scenario::SumoMessages& messages = log.messages();
    SB_CHECK(is_number(messages.end_time) && is_number(messages.last_step));
    SB_CHECK(is_valid_utf8(messages.error) && messages.error.size() < 10'000);
    SB_CHECK(is_valid_utf8(messages.end_reason) && messages.end_reason.size() < 10'000);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static OutputFile file;
    const fuzz::CutText input(fuzz::as_text(data, size));
    check_files(file.hold(input.text));
    const std::string steps = read_summary({input.text});
    SB_CHECK(steps == read_summary(input.pieces()));
    SB_CHECK(steps == read_summary({steps}));
    check_log(input.text);
    return 0;
}
