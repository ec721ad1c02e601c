#include "api/upload.hpp"

#include "api/request_reading.hpp"
#include "wire/multipart_parser.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace signalbox::api {

namespace {

using wire::MultipartParser;

constexpr std::string_view kArchiveField = "sumo_files";
constexpr std::array<std::string_view, 16> kFields{
    "scenario_id",
    "cpu_request",
    "memory_gi",
    "config_file",
    "sumo_version",
    "seed",
    "end",
    "args",
    "on_limit",
    "priority",
    "callback_url",
    "progress_webhook_url",
    "timeout_seconds",
    "scenario",
    "sumo_files_s3_url",
    "sumo_files_s3_urls"
};
// `args` may be the longest: 200 options of 1,000 characters.
constexpr std::size_t kMaxFieldBytes = std::size_t{256} << 10U;
// What a body may have besides its archive: fields, boundaries, headers of parts.
constexpr std::uint64_t kFormOverhead = std::uint64_t{1} << 20U;
constexpr std::size_t kWriteBytes = std::size_t{256} << 10U;

// Gathers small reads, because each write is a trip to the pool.
class ArchiveSink {
public:
    explicit ArchiveSink(RequestContext& context) : context_(context) {}

    Task<Result<void>> open() {
        SB_CO_TRY(
            file_,
            co_await files::SpoolFile::create(
                context_.with.pool,
                context_.config.spool_directory,
                context_.config.max_upload_bytes
            )
        );
        co_return Result<void>();
    }

    Task<Result<void>> append(std::string_view bytes) {
        pending_ += bytes;
        if (pending_.size() >= kWriteBytes) {
            co_return co_await flush();
        }
        co_return Result<void>();
    }

    Task<Result<std::unique_ptr<files::SpoolFile>>> finish() {
        SB_CO_OK(co_await flush());
        co_return std::move(file_);
    }

    [[nodiscard]] bool is_open() const { return file_ != nullptr; }

    [[nodiscard]] bool is_empty() const { return pending_.empty() && file_->size_bytes() == 0; }

    void drop() { file_.reset(); }

private:
    Task<Result<void>> flush() {
        auto written = co_await file_->append(std::exchange(pending_, {}));
        if (!written && written.error().code() == Code::kTooLarge) {
            // The client's own figure says more than how far we read.
            const auto announced = context_.request.body.content_length();
            if (announced && *announced > context_.config.max_upload_bytes) {
                co_return fail(files::upload_too_large(*announced, context_.config.max_upload_bytes)
                );
            }
        }
        co_return written;
    }

    RequestContext& context_;
    std::unique_ptr<files::SpoolFile> file_;
    std::string pending_;
};

class FormReader {
public:
    FormReader(RequestContext& context, const std::string& boundary)
        : context_(context), parser_(boundary), archive_(context) {}

    Task<Result<UploadForm>> read() {
        context_.request.body.set_limit(context_.config.max_upload_bytes + kFormOverhead);
        for (;;) {
            SB_CO_TRY(const std::string_view piece, co_await context_.request.body.next());
            if (piece.empty()) {
                break;
            }
            parser_.feed(piece);
            SB_CO_OK(co_await take_events());
        }
        SB_CO_OK(parser_.finish());
        if (archive_.is_open()) {
            SB_CO_TRY(form_.archive, co_await archive_.finish());
        }
        co_return std::move(form_);
    }

private:
    enum class Part : std::uint8_t { kIgnored, kField, kArchive };

    Task<Result<void>> take_events() {
        for (;;) {
            SB_CO_TRY(const auto event, parser_.next());
            switch (event.kind) {
                case MultipartParser::Kind::kPartBegin:
                    SB_CO_OK(co_await begin_part());
                    break;
                case MultipartParser::Kind::kData:
                    SB_CO_OK(co_await take_data(event.data));
                    break;
                case MultipartParser::Kind::kPartEnd:
                    end_part();
                    break;
                default:
                    co_return Result<void>();
            }
        }
    }

    Task<Result<void>> begin_part() {
        const std::string& name = parser_.part().name;
        part_ = Part::kIgnored;
        if (name == kArchiveField) {
            if (archive_.is_open()) {
                co_return fail(
                    Code::kInvalid,
                    "SEVERAL_INPUTS",
                    "Provide exactly one input: sumo_files came more than once"
                );
            }
            part_ = Part::kArchive;
            co_return co_await archive_.open();
        }
        if (std::ranges::find(kFields, name) != kFields.end()) {
            part_ = Part::kField;
            form_.fields.emplace_back(name, "");
        }
        co_return Result<void>();
    }

    Task<Result<void>> take_data(std::string_view data) {
        if (part_ == Part::kArchive) {
            co_return co_await archive_.append(data);
        }
        if (part_ == Part::kField) {
            auto& [name, value] = form_.fields.back();
            if (value.size() + data.size() > kMaxFieldBytes) {
                co_return fail(
                    Code::kTooLarge,
                    "FIELD_TOO_LARGE",
                    "Field " + name + " is longer than " + std::to_string(kMaxFieldBytes) + " bytes"
                );
            }
            value += data;
        }
        co_return Result<void>();
    }

    // A browser sends an empty part without a file name where no file was chosen.
    void end_part() {
        const bool none_chosen = part_ == Part::kArchive && archive_.is_empty() &&
                                 parser_.part().filename.value_or("").empty();
        if (none_chosen) {
            archive_.drop();
        }
        part_ = Part::kIgnored;
    }

    RequestContext& context_;
    MultipartParser parser_;
    ArchiveSink archive_;
    UploadForm form_;
    Part part_ = Part::kIgnored;
};

}  // namespace

Result<void> check_upload(const RequestContext& context) {
    const std::uint64_t max = context.config.max_upload_bytes;
    const std::uint64_t announced = context.request.body.content_length().value_or(0);
    if (announced > max + kFormOverhead) {
        return fail(files::upload_too_large(announced, max));
    }
    return require_disk_space(context.config);
}

Task<Result<UploadForm>> read_form(RequestContext& context, std::string boundary) {
    FormReader reader(context, boundary);
    co_return co_await reader.read();
}

Task<Result<std::unique_ptr<files::SpoolFile>>> read_archive(RequestContext& context) {
    const std::uint64_t max = context.config.max_upload_bytes;
    const std::uint64_t announced = context.request.body.content_length().value_or(0);
    if (announced > max) {
        co_return fail(files::upload_too_large(announced, max));
    }
    context.request.body.set_limit(max + kFormOverhead);
    ArchiveSink sink(context);
    SB_CO_OK(co_await sink.open());
    for (;;) {
        SB_CO_TRY(const std::string_view piece, co_await context.request.body.next());
        if (piece.empty()) {
            co_return co_await sink.finish();
        }
        SB_CO_OK(co_await sink.append(piece));
    }
}

}  // namespace signalbox::api
