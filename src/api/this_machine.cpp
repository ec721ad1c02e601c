#include "api/this_machine.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"

#include <unistd.h>

#include <array>
#include <thread>

namespace signalbox::api {

namespace {

constexpr std::size_t kMaxMeminfoBytes = std::size_t{64} << 10U;

// "MemTotal:       16307456 kB"
std::string total_memory() {
    const auto meminfo = read_file("/proc/meminfo", kMaxMeminfoBytes);
    if (!meminfo) {
        return {};
    }
    static constexpr std::string_view kName = "MemTotal:";
    for (const std::string_view line : split(*meminfo, '\n')) {
        if (line.starts_with(kName)) {
            const std::string_view amount = trim(line.substr(kName.size()));
            return std::string(amount.substr(0, amount.find(' '))) + "Ki";
        }
    }
    return {};
}

}  // namespace

contract::Resources machine_capacity() {
    return {.cpu = std::to_string(std::thread::hardware_concurrency()), .memory = total_memory()};
}

std::string machine_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0) {
        return "localhost";
    }
    return name.data();
}

contract::NodeView make_node(std::span<const model::Job> running, Instant created) {
    std::int64_t cpu = 0;
    std::int64_t memory_gi = 0;
    for (const model::Job& job : running) {
        cpu += job.spec.cpu_request;
        memory_gi += job.spec.memory_gi;
    }
    const contract::Resources capacity = machine_capacity();
    return {
        .name = machine_name(),
        .status = {"Ready"},
        .capacity = capacity,
        .allocatable = capacity,
        .allocated = {.cpu = std::to_string(cpu), .memory = std::to_string(memory_gi) + "Gi"},
        .pods_running = static_cast<std::int64_t>(running.size()),
        .created = created
    };
}

}  // namespace signalbox::api
