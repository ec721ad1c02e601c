#include "cli/client/upload.hpp"

#include "async/backoff.hpp"
#include "cli/exit_code.hpp"

#include <memory>

namespace signalbox::cli {

namespace {

using std::chrono::milliseconds;
using SubmitResult = Result<Answer<contract::SubmitAnswer>>;

constexpr std::uint32_t kMaxTries = 5;
constexpr std::size_t kBoundaryLength = 40;
// Taking a large scenario in (hashing, guard, pre-flight) may keep the server silent for a while.
constexpr milliseconds kPatience{120'000};

/// A name in a header of multipart: what would end it is escaped as browsers do.
std::string quoted(const std::string& name) {
    std::string out = "\"";
    for (const char c : name) {
        if (c == '"') {
            out += "%22";
        } else if (c == '\r' || c == '\n') {
            out += c == '\r' ? "%0D" : "%0A";
        } else {
            out.push_back(c);
        }
    }
    return out + "\"";
}

struct UploadProgress {
    bool reached = false;  ///< bytes went out: there is a server
    bool complete = false;
};

Result<ApiCall> make_call(
    const Submission& submission, Random& random, std::shared_ptr<UploadProgress> progress
) {
    SB_TRY(net::FilePiece file, net::make_file_piece(submission.zip));
    MultipartFrame frame = make_multipart_frame(
        submission.fields, submission.file_name, random.alphanumerics(kBoundaryLength)
    );
    ApiCall call{.method = net::Method::kPost, .target = "/jobs", .idle_timeout = kPatience};
    call.headers.set("Content-Type", std::move(frame.content_type));
    call.headers.set("Idempotency-Key", submission.idempotency_key);
    call.body.emplace_back(std::move(frame.head));
    call.body.emplace_back(std::move(file));
    call.body.emplace_back(std::move(frame.tail));
    call.on_progress = [show = submission.on_progress,
                        progress](std::uint64_t sent, std::uint64_t total) {
        progress->reached = progress->reached || sent > 0;
        progress->complete = sent == total;
        if (show) {
            show(sent, total);
        }
    };
    return call;
}

}  // namespace

MultipartFrame make_multipart_frame(
    const std::vector<std::pair<std::string, std::string>>& fields,
    const std::string& file_name,
    const std::string& boundary
) {
    MultipartFrame frame;
    frame.content_type = "multipart/form-data; boundary=" + boundary;
    for (const auto& [name, value] : fields) {
        frame.head += "--" + boundary + "\r\nContent-Disposition: form-data; name=" + quoted(name) +
                      "\r\n\r\n" + value + "\r\n";
    }
    frame.head +=
        "--" + boundary +
        "\r\nContent-Disposition: form-data; name=\"sumo_files\"; filename=" + quoted(file_name) +
        "\r\nContent-Type: application/zip\r\n\r\n";
    frame.tail = "\r\n--" + boundary + "--\r\n";
    return frame;
}

Task<SubmitResult> submit_scenario(ApiClient& client, Random& random, Submission submission) {
    for (std::uint32_t tries = 1;; ++tries) {
        const auto progress = std::make_shared<UploadProgress>();
        SB_CO_TRY(ApiCall call, make_call(submission, random, progress));
        auto answer =
            co_await client.call_and_decode(std::move(call), &contract::decode_submit_answer);
        const bool cut = !answer && answer.error().word() == kUnreachableWord && progress->reached;
        if (!cut || tries == kMaxTries) {
            co_return std::move(answer);
        }
        const async::BackoffPolicy policy{.first = submission.first_wait};
        const milliseconds wait = async::backoff_delay(policy, tries, random);
        if (submission.on_trouble) {
            submission.on_trouble(answer.error(), wait);
        }
        co_await async::sleep_for(wait);
    }
}

}  // namespace signalbox::cli
