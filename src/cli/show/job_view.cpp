#include "cli/show/job_view.hpp"

#include "base/ids.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/show/answer.hpp"
#include "cli/show/figures_table.hpp"
#include "cli/show/findings_table.hpp"
#include "cli/show/progress_bar.hpp"
#include "cli/show/table.hpp"
#include "cli/show/time_text.hpp"

#include <numeric>

namespace signalbox::cli {

namespace {

using contract::JobView;

std::string progress_of(const JobView& job, const Terminal& terminal) {
    if (job.status == model::JobStatus::kRunning) {
        return run_words(job.progress, terminal.utf8());
    }
    return std::string(to_word(job.reason));
}

std::string exact_and_ago(const std::optional<Instant>& time, Instant now) {
    return time ? to_rfc3339(*time) + " (" + time_ago(*time, now) + ")" : std::string();
}

std::string files_text(const JobView& job) {
    const std::uint64_t bytes = std::accumulate(
        job.result_files.begin(),
        job.result_files.end(),
        std::uint64_t{0},
        [](std::uint64_t sum, const contract::FileSize& file) { return sum + file.second; }
    );
    if (job.result_files.empty()) {
        return {};
    }
    return counted(static_cast<std::int64_t>(job.result_files.size()), "file") + ", " +
           format_bytes(bytes);
}

std::string render_attempts(const JobView& job, Instant now, const Terminal& terminal) {
    Table table({
        {.heading = "ATTEMPT", .align = Align::kRight},
        {.heading = "REASON"},
        {.heading = "WHERE"},
        {.heading = "SUMO", .align = Align::kLeft, .narrow = Narrow::kDrop},
        {.heading = "STARTED", .align = Align::kLeft, .narrow = Narrow::kDrop},
        {.heading = "ERROR", .align = Align::kLeft, .narrow = Narrow::kWrap},
    });
    for (const contract::AttemptView& attempt : job.attempts) {
        table.add(
            {std::to_string(attempt.n),
             std::string(to_word(attempt.reason)),
             attempt.where,
             attempt.sumo_version,
             time_ago(attempt.started_at, now),
             attempt.error}
        );
    }
    return table.render(terminal);
}

Facts facts_of(const JobView& job, Instant now, const Terminal& terminal) {
    Facts facts;
    facts.add("job", job.job_id);
    facts.add("scenario", job.scenario_id);
    facts.add("tenant", job.tenant_id);
    facts.add("status", std::string(to_word(job.status)), style_of(job.status));
    facts.add("reason", std::string(to_word(job.reason)));
    facts.add("error", job.error, Style::kRed);
    facts.add("cancellation", job.cancel_requested && !is_final(job.status) ? "requested" : "");
    facts.add(
        "progress", job.status == model::JobStatus::kRunning ? progress_of(job, terminal) : ""
    );
    facts.add("configuration", job.config_file);
    facts.add("sumo", job.sumo_version);
    facts.add("seed", job.seed ? std::to_string(*job.seed) : "");
    facts.add("end", job.end ? decimal(*job.end, 3) + " s" : "");
    facts.add("arguments", join(job.args, " "));
    facts.add(
        "asks for",
        counted(job.cpu_request, "core") + ", " + std::to_string(job.memory_gi) +
            " GiB, priority " + std::to_string(job.priority)
    );
    facts.add("submitted", exact_and_ago(job.submitted_at, now));
    facts.add("started", exact_and_ago(job.started_at, now));
    facts.add("finished", exact_and_ago(job.finished_at, now));
    facts.add("duration", duration_of(job, now));
    facts.add("retry of", job.retry_of);
    facts.add("results", files_text(job));
    facts.add("where", job.result_location);
    return facts;
}

std::string verdict_line(const JobView& job, Instant now, const Terminal& terminal) {
    std::string line =
        terminal.styled(std::string(to_word(job.status)), style_of(job.status)) + ": ";
    const std::string ran = duration_of(job, now);
    if (job.status == model::JobStatus::kSucceeded) {
        const auto simulated =
            job.kpis ? job.kpis->cost.simulated_seconds : job.progress.simulated_seconds;
        line += "completed" + (ran.empty() ? "" : " in " + ran);
        line += simulated ? ", " + decimal(*simulated, 0) + " s simulated" : "";
        return line;
    }
    // A cancelled job's reason is its state over again.
    const bool says_more = to_word(job.reason) != to_word(job.status);
    const std::string reason(says_more ? to_word(job.reason) : "");
    if (job.error.empty()) {
        line += reason.empty() ? "no further reason is known" : reason;
    } else {
        line += reason.empty() ? printable(job.error) : reason + ": " + printable(job.error);
    }
    return line + (ran.empty() ? "" : " (after " + ran + ")");
}

}  // namespace

std::string render_jobs(std::span<const JobView> jobs, Instant now, const Terminal& terminal) {
    Table table({
        {.heading = "ID"},
        {.heading = "SCENARIO", .align = Align::kLeft, .narrow = Narrow::kCut},
        {.heading = "STATUS"},
        {.heading = "CPU", .align = Align::kRight, .narrow = Narrow::kDrop},
        {.heading = "GIB", .align = Align::kRight, .narrow = Narrow::kDrop},
        {.heading = "SUBMITTED", .align = Align::kLeft, .narrow = Narrow::kDrop},
        {.heading = "DURATION", .align = Align::kLeft, .narrow = Narrow::kDrop},
        {.heading = "REASON", .align = Align::kLeft, .narrow = Narrow::kCut},
    });
    for (const JobView& job : jobs) {
        table.add(
            {std::string(short_form(job.job_id)),
             job.scenario_id,
             Cell(std::string(to_word(job.status)), style_of(job.status)),
             std::to_string(job.cpu_request),
             std::to_string(job.memory_gi),
             time_ago(job.submitted_at, now),
             duration_of(job, now),
             progress_of(job, terminal)}
        );
    }
    return table.render(terminal);
}

std::string render_job(const JobView& job, Instant now, const Terminal& terminal) {
    std::string text = facts_of(job, now, terminal).render(terminal);
    if (!job.attempts.empty()) {
        text += "\n" + render_attempts(job, now, terminal);
    }
    if (!job.warnings.empty()) {
        text += "\n" + render_findings(job.warnings, terminal);
    }
    const std::string figures = job.kpis ? render_figures(*job.kpis, terminal) : std::string();
    return text + (figures.empty() ? "" : "\n" + figures);
}

std::string render_verdict(const JobView& job, Instant now, const Terminal& terminal) {
    std::string text = verdict_line(job, now, terminal) + "\n";
    if (job.kpis) {
        const std::string figures = render_figures(*job.kpis, terminal);
        text += figures.empty() ? "" : "\n" + figures + "\n";
    }
    const std::string id(short_form(job.job_id));
    if (const std::string files = files_text(job); !files.empty()) {
        text += "Results: " + files;
        text += job.result_location.empty() ? "\n" : ", " + printable(job.result_location) + "\n";
        text += "Fetch them: signalbox results " + id + " get --to results-" + id + "\n";
    }
    if (job.status != model::JobStatus::kSucceeded) {
        text += "Look closer: signalbox explain " + id + "\n";
    }
    return text + "Read the log: signalbox logs " + id + "\n";
}

std::string render_explanation(const contract::Explanation& explanation, const Terminal& terminal) {
    Facts facts;
    facts.add("job", explanation.job_id);
    facts.add("status", std::string(to_word(explanation.status)), style_of(explanation.status));
    facts.add(
        "queue position",
        explanation.queue_position ? std::to_string(*explanation.queue_position) : ""
    );
    Table table({
        {.heading = "CODE"},
        {.heading = "WHY", .align = Align::kLeft, .narrow = Narrow::kWrap},
        {.heading = "VALUE", .align = Align::kRight, .narrow = Narrow::kDrop},
        {.heading = "LIMIT", .align = Align::kRight, .narrow = Narrow::kDrop},
    });
    const auto number = [](const std::optional<double>& value) {
        return value ? decimal(*value, 3) : std::string();
    };
    for (const contract::ExplainReason& reason : explanation.reasons) {
        table.add({reason.code, reason.message, number(reason.value), number(reason.limit)});
    }
    return facts.render(terminal) + (table.empty() ? "" : "\n" + table.render(terminal));
}

std::string waiting_line(const contract::Explanation& explanation) {
    std::string line =
        explanation.status == model::JobStatus::kQueued ? "queued" : "waiting to start";
    if (explanation.queue_position) {
        line += ", position " + std::to_string(*explanation.queue_position);
    }
    if (!explanation.reasons.empty()) {
        line += ": " + printable(explanation.reasons.front().message);
    }
    return line;
}

std::string duration_of(const JobView& job, Instant now) {
    if (!job.started_at) {
        return {};
    }
    const Instant end = job.finished_at.value_or(is_final(job.status) ? *job.started_at : now);
    return format_duration(end - *job.started_at);
}

}  // namespace signalbox::cli
