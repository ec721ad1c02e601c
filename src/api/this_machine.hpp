// This machine as the one node of the embedded default.
//
// Threads: any.  Suspends: never.  Errors: none; what cannot be read is left empty.
#pragma once

#include "contract/admin_contract.hpp"
#include "model/job.hpp"

#include <span>
#include <string>

namespace signalbox::api {

/// `8`, `16307456Ki`.
[[nodiscard]] contract::Resources machine_capacity();

[[nodiscard]] std::string machine_name();

/// The node with what these running jobs asked for.
[[nodiscard]] contract::NodeView make_node(std::span<const model::Job> running, Instant created);

}  // namespace signalbox::api
