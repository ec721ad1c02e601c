#include "cli/commands/doctor_checks.hpp"

#include "base/text.hpp"
#include "cli/show/time_text.hpp"
#include "scenario/simulators.hpp"

#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <thread>

#include <fmt/format.h>

namespace signalbox::cli {

namespace {

namespace fs = std::filesystem;

constexpr double kLeastMemory = 2.0 * 1024 * 1024 * 1024;
constexpr double kLeastFreeShare = 0.05;  // below it the server takes nothing in
constexpr std::uint64_t kLeastFreeBytes = std::uint64_t{5} << 30U;
constexpr std::chrono::seconds kSkewNoticed{5};
constexpr std::chrono::seconds kSkewHarmful{300};

/// Never empty: where nothing exists it is the path itself.
fs::path nearest_existing(fs::path path) {
    std::error_code problem;
    if (fs::path whole = fs::absolute(path, problem); !problem) {
        path = whole.lexically_normal();
    }
    path = path.has_filename() ? path : path.parent_path();
    while (!fs::exists(path, problem) && path.has_parent_path() && path != path.parent_path()) {
        path = path.parent_path();
    }
    return path;
}

Check check_space(const fs::path& place) {
    struct statvfs room{};
    if (statvfs(place.c_str(), &room) != 0) {
        return {Health::kFail, "disk", std::strerror(errno), "look at " + place.string()};
    }
    const std::uint64_t free = std::uint64_t{room.f_bavail} * room.f_frsize;
    const std::uint64_t all = std::uint64_t{room.f_blocks} * room.f_frsize;
    const double share = all == 0 ? 0 : static_cast<double>(free) / static_cast<double>(all);
    const std::string found =
        fmt::format("{} of {} free at {}", format_bytes(free), format_bytes(all), place.string());
    if (share < kLeastFreeShare) {
        return {
            Health::kFail, "disk", found, "below 5 % free the server refuses submissions: make room"
        };
    }
    if (free < kLeastFreeBytes) {
        return {Health::kWarn, "disk", found, "results of larger runs may not fit"};
    }
    return {Health::kOk, "disk", found, ""};
}

Check check_admin_key(const fs::path& file) {
    struct stat status{};
    if (stat(file.c_str(), &status) != 0) {
        return {Health::kOk, "admin key", "none at " + file.string() + " (yet)", ""};
    }
    if ((status.st_mode & 077U) != 0) {
        return {
            Health::kFail,
            "admin key",
            file.string() + " can be read by others",
            "chmod 600 " + file.string()
        };
    }
    const bool readable = access(file.c_str(), R_OK) == 0;
    return {
        readable ? Health::kOk : Health::kWarn,
        "admin key",
        file.string(),
        readable ? "" : "not readable for this user: run admin commands as the server's"
    };
}

Check check_landlock() {
    const long version =
        syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version > 0) {
        return {Health::kOk, "landlock", fmt::format("version {}", version), ""};
    }
    return {
        Health::kWarn,
        "landlock",
        "not available",
        "runs are confined by permissions and seccomp only; kernel 5.13 or newer has it "
        "(lsm=landlock)"
    };
}

Check check_seccomp() {
    const std::uint32_t action = SECCOMP_RET_ERRNO;
    if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0) {
        return {Health::kOk, "seccomp", "available", ""};
    }
    return {
        Health::kWarn,
        "seccomp",
        "not available",
        "a run's sockets are not denied by the kernel; trust your tenants or use another host"
    };
}

}  // namespace

Check check_processors() {
    const unsigned count = std::max(1U, std::thread::hardware_concurrency());
    return {
        Health::kOk,
        "processors",
        fmt::format("{} ({} at a time)", count, counted(count, "run")),
        ""
    };
}

Check check_memory() {
    struct sysinfo info{};
    if (sysinfo(&info) != 0) {
        return {Health::kWarn, "memory", "unknown", ""};
    }
    const double all = static_cast<double>(info.totalram) * info.mem_unit;
    const std::string found = format_bytes(static_cast<std::uint64_t>(all));
    return all < kLeastMemory
               ? Check{Health::kWarn, "memory", found, "a run may ask for 1 GiB: few will fit"}
               : Check{Health::kOk, "memory", found, ""};
}

std::vector<Check> check_simulators() {
    std::vector<Check> checks;
    for (const scenario::Simulator& simulator : scenario::find_simulators()) {
        const std::string first = checks.empty() ? " (default)" : "";
        checks.push_back(
            {Health::kOk,
             "sumo",
             fmt::format("{}{}, {}", simulator.version, first, simulator.binary.string()),
             ""}
        );
        std::error_code problem;
        if (!fs::exists(simulator.home / "data" / "xsd", problem)) {
            checks.back().health = Health::kWarn;
            checks.back().advice = "its schemas are not at " +
                                   (simulator.home / "data/xsd").string() + ": set SUMO_HOME";
        }
    }
    if (checks.empty()) {
        checks.push_back(
            {Health::kFail,
             "sumo",
             "none found",
             "apt install sumo, or pip install eclipse-sumo and set SUMO_HOME"}
        );
    }
    return checks;
}

std::vector<Check> check_data(const fs::path& data) {
    const fs::path place = nearest_existing(data);
    std::vector<Check> checks{check_space(place)};
    std::error_code ignored;
    const bool exists = fs::exists(data, ignored);
    if (access(place.c_str(), W_OK | X_OK) != 0) {
        checks.push_back(
            {Health::kFail,
             "data",
             place.string() + " is not writable for this user",
             "name another with --data, or change its owner"}
        );
    } else {
        checks.push_back(
            {Health::kOk, "data", data.string() + (exists ? "" : " (will be made)"), ""}
        );
    }
    checks.push_back(check_admin_key(data / "admin.key"));
    return checks;
}

Check check_user() {
    if (geteuid() == 0) {
        return {
            Health::kOk,
            "user",
            "root; the server gives runs to an unprivileged user where it can",
            ""
        };
    }
    return {Health::kOk, "user", fmt::format("uid {}", geteuid()), ""};
}

std::vector<Check> check_kernel() {
    return {check_landlock(), check_seccomp()};
}

Check check_clock(std::string_view date, Instant now) {
    const auto theirs = parse_http_date(date);
    if (!theirs) {
        return {Health::kWarn, "clock", "the server's time is unknown", ""};
    }
    // The server's says whole seconds.
    const auto skew = std::chrono::duration_cast<std::chrono::seconds>(now - *theirs);
    const auto size = skew < skew.zero() ? -skew : skew;
    if (size <= kSkewNoticed) {
        return {Health::kOk, "clock", "agrees with the server's", ""};
    }
    return {
        size >= kSkewHarmful ? Health::kFail : Health::kWarn,
        "clock",
        fmt::format(
            "{} {} the server's", format_duration(size), skew.count() > 0 ? "ahead of" : "behind"
        ),
        "synchronise both (NTP): signatures and expiry depend on it"
    };
}

std::optional<Instant> parse_http_date(std::string_view text) {
    // "Sun, 06 Nov 1994 08:49:37 GMT"
    static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
    constexpr std::size_t kLength = 29;
    if (text.size() != kLength || !text.ends_with(" GMT")) {
        return std::nullopt;
    }
    const auto number = [text](std::size_t place, std::size_t length) {
        return parse_number<int>(text.substr(place, length)).value_or(-1);
    };
    const std::size_t month = kMonths.find(text.substr(8, 3));
    const std::chrono::year_month_day day{
        std::chrono::year(number(12, 4)),
        std::chrono::month(static_cast<unsigned>(month / 3 + 1)),
        std::chrono::day(static_cast<unsigned>(number(5, 2)))
    };
    const std::array clock{number(17, 2), number(20, 2), number(23, 2)};
    const bool bad_clock = std::ranges::any_of(clock, [](int n) { return n < 0 || n > 60; });
    if (month == std::string_view::npos || month % 3 != 0 || !day.ok() || bad_clock) {
        return std::nullopt;
    }
    return Instant(std::chrono::sys_days(day)) + std::chrono::hours(clock[0]) +
           std::chrono::minutes(clock[1]) + std::chrono::seconds(clock[2]);
}

}  // namespace signalbox::cli
