#include "cli/commands/job_follower.hpp"

#include "cli/show/job_view.hpp"
#include "cli/show/progress_bar.hpp"
#include "cli/show/text_width.hpp"
#include "cli/show/time_text.hpp"
#include "contract/job_answers.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

namespace signalbox::cli {

namespace {

// Without a terminal: a line per tenth of the run, and one now and then when that takes long.
constexpr std::chrono::seconds kPlainInterval{30};
constexpr int kSoonerFactor = 20;

}  // namespace

JobFollower::JobFollower(Session& session, ApiClient& client, std::string job_id)
    : session_(session),
      client_(client),
      job_id_(std::move(job_id)),
      helpers_(session.parts().interrupts.executor()),
      said_at_(session.parts().clock.steady()) {}

JobFollower::~JobFollower() = default;

Task<Result<model::JobStatus>> JobFollower::follow() {
    helpers_.spawn("explain", keep_explaining());
    EventStreamOptions options{.target = job_target(job_id_, "/events")};
    options.backoff.first = session_.parts().first_wait;
    options.on_trouble = [this](const Error& error, std::chrono::milliseconds wait) {
        say_trouble(error, wait);
    };
    EventStream stream(client_, session_.parts().random, std::move(options));
    for (;;) {
        SB_CO_TRY(const auto event, co_await stream.next());
        if (!event) {
            // Nothing more to come: the record says how it ended.
            SB_CO_TRY(
                const auto job,
                co_await client_.fetch(job_target(job_id_), &contract::decode_job_view)
            );
            co_return job.value.status;
        }
        SB_CO_OK(take(*event));
        if (status_ && is_final(*status_)) {
            session_.terminal().clear_live();
            co_return *status_;
        }
    }
}

Task<void> JobFollower::stop() {
    helpers_.cancel();
    co_await helpers_.join();
    session_.terminal().clear_live();
}

bool JobFollower::is_waiting() const {
    return status_ == model::JobStatus::kQueued || status_ == model::JobStatus::kPending;
}

Task<void> JobFollower::keep_explaining() {
    for (;;) {
        if (is_waiting()) {
            const auto answer = co_await client_.fetch(
                job_target(job_id_, "/explain"), &contract::decode_explanation
            );
            // It may have begun meanwhile; a failure is no news, the stream will tell.
            if (answer && is_waiting()) {
                waiting_ = waiting_line(answer->value);
                refresh();
            }
        }
        // Who begins to wait is told why soon, and from then on now and then.
        const auto interval = session_.parts().explain_interval;
        co_await async::sleep_for(waiting_.empty() ? interval / kSoonerFactor : interval);
    }
}

Result<void> JobFollower::take(const wire::SseEvent& event) {
    if (event.event == "state") {
        SB_TRY(const contract::JobView job, contract::decode_job_view(event.data));
        take_state(job);
    } else if (event.event == "progress") {
        SB_TRY(const contract::ProgressView progress, contract::decode_progress_view(event.data));
        take_progress(progress);
    }
    return {};
}

void JobFollower::take_state(const contract::JobView& job) {
    const bool again = attempt_ > 0 && job.attempt > attempt_;
    const bool changed = status_ != job.status;
    if (again) {
        session_.terminal().note(fmt::format("attempt {} begins", job.attempt));
        progress_ = {};
        said_tenth_ = 0;
    }
    if (status_ == model::JobStatus::kRunning && job.status == model::JobStatus::kPending) {
        session_.terminal().note(
            fmt::format("the run was lost ({}); it is tried again", to_word(job.reason))
        );
    }
    status_ = job.status;
    attempt_ = job.attempt;
    cancel_requested_ = job.cancel_requested;
    if (changed || again) {
        waiting_.clear();
    }
    if (!session_.terminal().is_live() && changed && status_ == model::JobStatus::kRunning) {
        say("running");
    }
    refresh();
}

void JobFollower::take_progress(const contract::ProgressView& progress) {
    progress_ = progress;
    if (session_.terminal().is_live()) {
        refresh();
        return;
    }
    const auto tenth = static_cast<std::int64_t>(progress.percent.value_or(0) / 10);
    const SteadyTime now = session_.parts().clock.steady();
    const bool far = tenth > said_tenth_ && tenth < 10;
    if (status_ == model::JobStatus::kRunning && (far || now - said_at_ >= kPlainInterval)) {
        said_tenth_ = tenth;
        say(run_words(progress, session_.terminal().utf8()));
    }
}

void JobFollower::say_trouble(const Error& error, std::chrono::milliseconds wait) {
    const std::string line = fmt::format(
        "connection lost, the job goes on; trying again in {} ({})",
        wait_text(wait),
        printable(error.message())
    );
    if (session_.terminal().is_live()) {
        session_.terminal().show_live(line);
    } else {
        say(line);
    }
}

void JobFollower::refresh() {
    Terminal& terminal = session_.terminal();
    const std::string_view before = cancel_requested_ ? "being cancelled  " : "";
    const std::size_t room = terminal.live_columns();
    std::string line;
    if (is_waiting()) {
        const bool queued = status_ == model::JobStatus::kQueued;
        line = waiting_.empty() ? (queued ? "queued" : "waiting to start") : waiting_;
    } else if (status_ == model::JobStatus::kRunning) {
        line = run_line(progress_, room - std::min(room, before.size()), terminal.utf8());
    } else {
        return;
    }
    line.insert(0, before);
    if (terminal.is_live()) {
        terminal.show_live(line);
    } else if (is_waiting() && !waiting_.empty()) {
        say(line);
    }
}

void JobFollower::say(const std::string& line) {
    said_at_ = session_.parts().clock.steady();
    if (line != std::exchange(last_said_, line)) {
        session_.terminal().note(line);
    }
}

}  // namespace signalbox::cli
