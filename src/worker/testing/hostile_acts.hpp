// What somebody who had taken over SUMO would try, for the fake SUMO of the tests.
//
// Each act says one line per attempt on stdout, `try <attempt>: worked` or `try <attempt>: <why
// not>`, and returns; nothing it tries may hurt where it does work. The places it aims at are those
// of WorkerFixture: `../` is the attempt's directory, `../../` stands for the data directory.
//
// Threads: one.  Suspends: never.  Errors: in the lines.
#pragma once

#include <map>
#include <string>

namespace signalbox::worker {

/// By the name that a scenario calls it.
[[nodiscard]] const std::map<std::string, void (*)()>& hostile_acts();

}  // namespace signalbox::worker
