// signalbox-worker: runs one attempt of one job. Started by runners, never by hand.
#include "worker/worker_program.hpp"

int main() {
    return signalbox::worker::run_worker_program();
}
