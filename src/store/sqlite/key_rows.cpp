#include "store/sqlite/key_rows.hpp"

#include "base/text.hpp"
#include "store/sqlite/json_columns.hpp"
#include "store/sqlite/row_reader.hpp"

#include <limits>
#include <utility>

namespace signalbox::store::sqlite {

namespace {

constexpr std::string_view kSelect =
    "SELECT id, name, role, tenant, scope, created_at, expires_at, seq FROM api_keys ";

Result<model::ApiKey> read_key(const Query& query) {
    RowReader row(query);
    model::ApiKey key;
    key.id.text = row.text();
    key.name = row.text();
    key.role = row.word(model::parse_role);
    key.tenant.text = row.text();
    SB_TRY(key.scope, scope_from_column(row.text()));
    key.created_at = row.instant();
    key.expires_at = row.instant_or_null();
    SB_OK(row.problem());
    return key;
}

}  // namespace

Result<void> insert_key(Connection& connection, const NewKey& key) {
    auto inserted = connection.run(
        "INSERT INTO api_keys (id, hash, name, role, tenant, scope, created_at, expires_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        key.key.id.text,
        key.hash,
        key.key.name,
        to_word(key.key.role),
        key.key.tenant.empty() ? std::nullopt : std::optional(key.key.tenant.text),
        to_column(key.key.scope),
        key.key.created_at,
        key.key.expires_at
    );
    if (inserted) {
        return {};
    }
    if (inserted.error().code() == Code::kConflict) {
        return fail(
            Code::kConflict,
            "KEY_EXISTS",
            "the key '" + key.key.name +
                "' cannot be stored: its id or its secret is in use, or "
                "its tenant does not exist"
        );
    }
    return fail(std::move(inserted).error());
}

Result<std::optional<model::ApiKey>> find_live_key(
    Connection& connection, const std::string& hash, Instant now
) {
    static const std::string kSql =
        std::string(kSelect) + "WHERE hash = ?1 AND (expires_at IS NULL OR expires_at > ?2)";
    Query query = connection.query(kSql, hash, now);
    SB_TRY(const bool found, query.next());
    if (!found) {
        return std::nullopt;
    }
    SB_TRY(model::ApiKey key, read_key(query));
    return key;
}

Result<Page<model::ApiKey>> list_key_rows(Connection& connection, const PageRequest& request) {
    SB_TRY(const std::int64_t before, parse_page_key(request));
    static const std::string kSql =
        std::string(kSelect) + "WHERE seq < ?1 AND id <> '' ORDER BY seq DESC LIMIT ?2";
    Query query = connection.query(kSql, before, request.limit + 1);
    return collect_page<model::ApiKey>(std::move(query), read_key, 7, request.limit);
}

Result<void> delete_key_row(Connection& connection, const KeyId& id) {
    SB_TRY(
        const auto deleted,
        connection.run("DELETE FROM api_keys WHERE id = ?1 AND id <> ''", id.text)
    );
    if (deleted == 0) {
        return fail(Code::kNotFound, "KEY_NOT_FOUND", "Key " + id.text + " not found");
    }
    return {};
}

Result<void> replace_admin_key(Connection& connection, const std::string& hash, Instant now) {
    SB_OK(connection.run("DELETE FROM api_keys WHERE id = ''"));
    NewKey key;
    key.key.name = "admin";
    key.key.role = model::Role::kAdmin;
    key.key.created_at = now;
    key.hash = hash;
    return insert_key(connection, key);
}

Result<std::int64_t> parse_page_key(const PageRequest& request) {
    if (!request.after) {
        return std::numeric_limits<std::int64_t>::max();
    }
    const auto number = parse_number<std::int64_t>(*request.after);
    if (!number) {
        return fail(Error(
                        Code::kUnprocessable,
                        "BAD_CURSOR",
                        "'" + *request.after + "' is not a cursor of this list"
        )
                        .with_field({"query.cursor", "not a cursor of this list", "value_error"}));
    }
    return *number;
}

}  // namespace signalbox::store::sqlite
