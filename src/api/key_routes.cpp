// Named keys with a role and a scope.
//
// A key whose scope is limited may not make or see others: it could make itself an unlimited one.
#include "api/handlers.hpp"
#include "api/request_reading.hpp"
#include "api/responses.hpp"
#include "contract/tenant_contract.hpp"

#include <utility>

namespace signalbox::api {

namespace {

constexpr contract::PageRule kKeyPages{.default_limit = 1000, .max_limit = 1000, .kind = "keys"};

}  // namespace

HandlerTask create_key(RequestContext& context) {
    SB_CO_OK(require_unlimited_scope(context));
    SB_CO_TRY(const std::string body, co_await read_body(context));
    SB_CO_TRY(auto request, contract::decode_key_request(body));
    SB_CO_TRY(auto made, co_await context.with.tenants.create_key(std::move(request)));
    const contract::KeyView view{.key = std::move(made.key), .secret = std::move(made.secret)};
    co_return json_response(contract::encode(view), 201);
}

HandlerTask list_keys(RequestContext& context) {
    SB_CO_OK(require_unlimited_scope(context));
    SB_CO_TRY(auto query, read_page(context, kKeyPages));
    SB_CO_TRY(
        auto page, co_await context.with.tenants.list_keys(to_page_request(std::move(query)))
    );
    contract::KeysPage answer{.keys = {}, .next_cursor = to_next_cursor(kKeyPages.kind, page.next)};
    for (model::ApiKey& key : page.rows) {
        answer.keys.push_back({.key = std::move(key), .secret = std::nullopt});
    }
    co_return json_response(contract::encode(answer));
}

HandlerTask delete_key(RequestContext& context) {
    SB_CO_OK(require_unlimited_scope(context));
    SB_CO_OK(co_await context.with.tenants.delete_key(path_param(context, "id")));
    co_return empty_response();
}

}  // namespace signalbox::api
