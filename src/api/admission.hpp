// Whether a request may reach its handler, decided from the headers before a byte of the body.
//
// Threads: event loop.  Suspends: admit.
// Errors: kUnauthenticated, kForbidden, kExhausted; kUnavailable from the store.
#pragma once

#include "api/request_context.hpp"

namespace signalbox::api {

/// Fills in the context's principal or attempt, and its rate status.
Task<Result<void>> admit(RequestContext& context, Access access);

}  // namespace signalbox::api
