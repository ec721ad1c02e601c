// signalbox: the command line.
#include "app/cli_contexts.hpp"
#include "cli/program.hpp"

#include <string>
#include <vector>

int main(int argc, char** argv) {
    using namespace signalbox;
    app::YamlContextStore contexts(app::context_file(cli::real_variables()));
    return cli::run_program(std::vector<std::string>(argv + 1, argv + argc), contexts);
}
