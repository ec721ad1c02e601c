// A program that stands in for SUMO in tests and misbehaves on demand; hostile_acts.hpp is worse.
//
// What it does is the first word of the comment in `behaviour.add.xml` of the directory it runs in.
// It speaks as SUMO does: `--version`, `--help`, step lines ending in CR, how it ended.
//
// Threads: one.  Suspends: never.  Errors: exit codes.
#include "worker/testing/hostile_acts.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t kMebibyte = std::size_t{1} << 20U;

constexpr std::array kOptions{
    "configuration-file",
    "net-file",
    "route-files",
    "additional-files",
    "statistic-output",
    "summary-output",
    "tripinfo-output",
    "tripinfo-output.write-unfinished",
    "edgedata-output",
    "duration-log.statistics",
    "no-step-log",
    "step-log.period",
    "verbose",
    "begin",
    "end",
    "seed",
    "xml-validation"
};

using Arguments = std::vector<std::string>;

void report(const char* what, bool worked) {
    std::cout << what << ": " << (worked ? "worked" : std::strerror(errno)) << "\n";
}

// Every `--…-output` gets an empty document, as `--name=value` or `--name value`.
void write_outputs(const Arguments& arguments) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        const std::size_t equals = argument.find('=');
        const std::string name = argument.substr(0, equals);
        if (!name.starts_with("--") || !name.ends_with("-output")) {
            continue;
        }
        const bool joined = equals != std::string::npos;
        const std::string path = joined                     ? argument.substr(equals + 1)
                                 : i + 1 < arguments.size() ? arguments[i + 1]
                                                            : "";
        std::ofstream(path) << "<document>\n</document>\n";
    }
}

void say_end(const char* reason) {
    std::cout << "Simulation ended at time: 10.00\nReason: " << reason << "\n" << std::flush;
}

int complete(const Arguments& arguments) {
    std::cout << "Step #0.00 (0ms, vehicles TOT 0 ACT 0 BUF 0)\r"
              << "Step #10.00 (1ms ~= 1000.00*RT, ~100.00UPS, vehicles TOT 2 ACT 0 BUF 0)\r\n";
    write_outputs(arguments);
    say_end("All vehicles have left the simulation.");
    return 0;
}

[[noreturn]] void wait_forever() {
    std::cout << "waiting\n" << std::flush;
    for (;;) {
        ::pause();
    }
}

int hang(const Arguments&) {
    ::signal(SIGTERM, [](int) {
        constexpr std::string_view kLast = "Simulation ended at time: 5.00\nReason: Interrupted.\n";
        (void)!::write(STDOUT_FILENO, kLast.data(), kLast.size());
        ::_exit(0);
    });
    wait_forever();
}

int stubborn(const Arguments&) {
    ::signal(SIGTERM, SIG_IGN);
    wait_forever();
}

int eat_memory(const Arguments&) {
    for (std::size_t step = 0; step < 32; ++step) {
        auto* block = static_cast<volatile char*>(std::malloc(4 * kMebibyte));
        for (std::size_t i = 0; block != nullptr && i < 4 * kMebibyte; i += 4096) {
            block[i] = 1;
        }
    }
    wait_forever();
}

int fill_disk(const Arguments&) {
    const std::string block(kMebibyte, 'x');
    for (std::size_t step = 0; step < 32; ++step) {
        std::ofstream("part" + std::to_string(step)) << block;
    }
    wait_forever();
}

int one_large_file(const Arguments&) {
    const std::string block(kMebibyte, 'x');
    std::ofstream file("large");
    for (std::size_t step = 0; step < 4096; ++step) {
        file << block << std::flush;
    }
    return 0;
}

int crash(const Arguments&) {
    std::cout << "about to crash\n" << std::flush;
    std::abort();
}

int fail(const Arguments&) {
    std::cerr << "Error: The route 'r' has no edges.\nQuitting (on error).\n";
    return 1;
}

int odd_bytes(const Arguments& arguments) {
    const std::string_view odd("odd \xFF byte\rnul \0 byte\r\nlast", 27);
    std::cout.write(odd.data(), static_cast<std::streamsize>(odd.size()));
    std::cout << "\n";
    return complete(arguments);
}

int flood(const Arguments& arguments) {
    const std::string line(99, 'f');
    for (int i = 0; i < 60'000; ++i) {
        std::cout << line << "\n";
    }
    return complete(arguments);
}

int make_odd_files(const Arguments& arguments) {
    report("symlink", ::symlink("/etc/passwd", "link.xml") == 0);
    report("hard link", ::link("net.net.xml", "second.xml") == 0);
    report("pipe", ::mkfifo("pipe.xml", 0644) == 0);
    report("replace", ::unlink("routes.rou.xml") == 0);
    std::ofstream("routes.rou.xml") << "<routes/>\n";
    std::ofstream("deep/result.txt") << "kept\n";
    std::ofstream("bad\xFFname.txt") << "not kept\n";
    return complete(arguments);
}

std::string behaviour() {
    std::ifstream file("behaviour.add.xml");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const std::size_t begin = text.find("<!-- ");
    if (begin == std::string::npos) {
        return "complete";
    }
    return text.substr(begin + 5, text.find(' ', begin + 5) - begin - 5);
}

}  // namespace

int main(int argc, char** argv) {
    const Arguments arguments(argv + 1, argv + argc);
    for (const std::string& argument : arguments) {
        if (argument == "--version" || argument == "-V") {
            std::cout << "Eclipse SUMO sumo Version 9.8.7\n";
            return 0;
        }
        if (argument == "--help" || argument == "-?") {
            std::cout << "Eclipse SUMO sumo Version 9.8.7\n";
            for (const char* const option : kOptions) {
                std::cout << "  --" << option << " VALUE  Does something\n";
            }
            return 0;
        }
    }
    const std::map<std::string, std::function<int(const Arguments&)>> behaviours{
        {"complete", complete},
        {"hang", hang},
        {"stubborn", stubborn},
        {"eat-memory", eat_memory},
        {"fill-disk", fill_disk},
        {"one-large-file", one_large_file},
        {"crash", crash},
        {"fail", fail},
        {"odd-bytes", odd_bytes},
        {"flood", flood},
        {"odd-files", make_odd_files},
    };
    const std::string wanted = behaviour();
    if (const auto act = signalbox::worker::hostile_acts().find(wanted);
        act != signalbox::worker::hostile_acts().end()) {
        act->second();
        return complete(arguments);
    }
    const auto chosen = behaviours.find(wanted);
    return chosen == behaviours.end() ? 3 : chosen->second(arguments);
}
