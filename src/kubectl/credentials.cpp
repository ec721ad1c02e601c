#include "kubectl/credentials.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace signalbox::kubectl {

namespace {

constexpr auto kSecretWords = std::to_array<std::string_view>(
    {"password",   "passwords",  "passwd",      "passphrase", "passcode", "pass",      "pwd",
     "secret",     "secrets",    "token",       "tokens",     "apikey",   "apisecret", "accesskey",
     "privatekey", "credential", "credentials", "creds",      "bearer",   "jwt",       "cookie"}
);
constexpr auto kSuffixes =
    std::to_array<std::string_view>({"password", "passwd", "secret", "token", "apikey"});
// A key is a credential when the word before it says of what.
constexpr auto kKeyWords = std::to_array<std::string_view>(
    {"api", "access", "private", "signing", "encryption", "account", "shared", "master", "session"}
);
// They say where a credential is, or something about it.
constexpr auto kAboutWords = std::to_array<std::string_view>(
    {"name",    "names",      "ref",        "refs",     "file",     "files",   "path",
     "paths",   "url",        "uri",        "endpoint", "ttl",      "timeout", "expiry",
     "expires", "expiration", "seconds",    "id",       "ids",      "enabled", "length",
     "count",   "type",       "types",      "policy",   "rotation", "age",     "version",
     "mode",    "namespace",  "provider",   "store",    "class",    "kind",    "field",
     "issuer",  "audience",   "audiences",  "manager",  "mount",    "volume",  "requests",
     "review",  "reviews",    "controller", "cleaner",  "hash"}
);
constexpr auto kSchemes = std::to_array<std::string_view>({"bearer", "basic", "token", "digest"});
// Values that are none.
constexpr auto kNothing = std::to_array<std::string_view>(
    {"null", "nil", "none", "true", "false", "undefined", "empty", "yes", "no", "unset"}
);

constexpr std::size_t kMaxNameBytes = 128;
constexpr std::size_t kLeastToken = 8;

template <std::size_t N>
bool is_among(const std::array<std::string_view, N>& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

bool is_letter(char c) {
    return is_upper(c) || (c >= 'a' && c <= 'z');
}

char lower(char c) {
    return static_cast<char>(is_upper(c) ? c - 'A' + 'a' : c);
}

// Letters, digits and what names and base64url are joined with.
constexpr auto kWordBytes = [] {
    std::array<bool, 256> table{};
    for (int c = 0; c < 256; ++c) {
        table[static_cast<std::size_t>(c)] = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                                             (c >= 'a' && c <= 'z') || c == '-' || c == '_' ||
                                             c == '.';
    }
    return table;
}();

bool is_word_byte(char c) {
    return kWordBytes[static_cast<unsigned char>(c)];
}

// The words of `clientSecretName`, `API_KEY`, `db.password`, in lower case.
std::vector<std::string> words_of(std::string_view name) {
    std::vector<std::string> words;
    bool inside = false;
    char before = 0;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const char c = name[i];
        const char next = i + 1 < name.size() ? name[i + 1] : '\0';
        if (!is_letter(c) && !is_digit(c)) {
            inside = false;
        } else {
            const bool hump =
                is_upper(c) && (!is_upper(before) || (is_letter(next) && !is_upper(next)));
            if (!inside || (hump && !is_digit(before))) {
                words.emplace_back();
                inside = true;
            }
            words.back() += lower(c);
        }
        before = c;
    }
    return words;
}

bool is_credential_at(const std::vector<std::string>& words, std::size_t i) {
    // `PGPASSWORD`, `clientsecret`
    const bool ends_in_one = std::ranges::any_of(kSuffixes, [&](std::string_view suffix) {
        return words[i].ends_with(suffix);
    });
    return ends_in_one || is_among(kSecretWords, words[i]) ||
           (words[i] == "key" && i > 0 && is_among(kKeyWords, words[i - 1])) ||
           (words[i] == "string" && i > 0 && words[i - 1] == "connection");
}

// Most names hold the beginning of no such word: nothing has to be taken apart for them.
bool may_name_a_credential(std::string_view name) {
    constexpr auto kBeginnings = std::to_array<std::string_view>(
        {"pas", "pwd", "sec", "tok", "key", "cre", "bea", "jwt", "coo", "aut", "str"}
    );
    for (std::size_t i = 0; i + 2 < name.size(); ++i) {
        const char first = lower(name[i]);
        for (const std::string_view begin : kBeginnings) {
            if (begin[0] == first && begin[1] == lower(name[i + 1]) &&
                begin[2] == lower(name[i + 2])) {
                return true;
            }
        }
    }
    return false;
}

struct Prefix {
    std::string_view text;
    std::size_t least;  ///< bytes behind it
};

// Issuers' own beginnings of keys.
constexpr auto kPrefixes = std::to_array<Prefix>({
    {"AKIA", 16},     {"ASIA", 16},  {"AIza", 30},  {"ghp_", 20},        {"gho_", 20},
    {"ghs_", 20},     {"ghu_", 20},  {"ghr_", 20},  {"github_pat_", 20}, {"glpat-", 16},
    {"xoxb-", 16},    {"xoxp-", 16}, {"xoxa-", 16}, {"xoxs-", 16},       {"sk_live_", 16},
    {"rk_live_", 16}, {"sk-", 20},   {"npm_", 30},  {"hvs.", 20},
});

// Header, payload and signature in base64url; headers begin with `{"`.
bool is_json_web_token(std::string_view word) {
    return word.starts_with("eyJ") && word.size() > 20 && std::ranges::count(word, '.') >= 2;
}

bool is_issued_key(std::string_view word) {
    return is_json_web_token(word) || std::ranges::any_of(kPrefixes, [&](const Prefix& prefix) {
               return word.starts_with(prefix.text) &&
                      word.size() >= prefix.text.size() + prefix.least;
           });
}

class Finder {
public:
    explicit Finder(std::string_view text) : text_(text) {}

    std::vector<Span> find() {
        std::size_t at = 0;
        while (at < text_.size()) {
            if (!is_word_byte(text_[at])) {
                ++at;
                continue;
            }
            std::size_t end = at;
            while (end < text_.size() && is_word_byte(text_[end])) {
                ++end;
            }
            at = look_at(at, end);
        }
        return std::move(spans_);
    }

private:
    // Returns where to go on.
    std::size_t look_at(std::size_t begin, std::size_t end) {
        // In `\\nAKIA…` the n is a line's end.
        if (begin > 0 && text_[begin - 1] == '\\' && end - begin > 1 &&
            std::string_view("nrt").contains(text_[begin])) {
            ++begin;
        }
        const std::string_view word = text_.substr(begin, end - begin);
        if (word.starts_with(kPem)) {
            return look_at_pem(end);
        }
        if (end < text_.size()) {
            if (text_.substr(end).starts_with("://")) {
                return look_at_address(end + 3);
            }
            if (const auto value = find_value(begin, end)) {
                return take(*value);
            }
        }
        if (word.size() >= kMinIssued && is_issued_key(word)) {
            return take({.begin = begin, .end = end});
        }
        return end;
    }

    std::size_t take(Span span) {
        spans_.push_back(span);
        return span.end;
    }

    // `user:password@` behind a scheme.
    std::size_t look_at_address(std::size_t begin) {
        const std::string_view host =
            text_.substr(begin, text_.find_first_of("/ \t\r\n\"'<>", begin) - begin);
        const std::size_t sign = host.rfind('@');
        const std::size_t colon = host.find(':');
        if (sign == std::string_view::npos || colon >= sign) {
            return begin;
        }
        const Span password{.begin = begin + colon + 1, .end = begin + sign};
        return password.begin < password.end ? take(password) : password.end;
    }

    // What stands between the lines of a private key, or all that is left of it.
    std::size_t look_at_pem(std::size_t begin) {
        constexpr std::string_view kKey = "PRIVATE KEY-----";
        constexpr std::size_t kLongestTitle = 40;
        const std::size_t title = text_.substr(begin, kLongestTitle).find(kKey);
        if (title == std::string_view::npos) {
            return begin;
        }
        const std::size_t from = begin + title + kKey.size();
        const std::size_t to = std::min(text_.find("-----END", from), text_.size());
        return from < to ? take({.begin = from, .end = to}) : to;
    }

    // Behind `name=`, `name: `, `"name": "`, `--name `, `Bearer `.
    std::optional<Span> find_value(std::size_t begin, std::size_t end) const {
        constexpr std::string_view kBetween = "=: \\\"'";
        const std::string_view word = text_.substr(begin, end - begin);
        if (!kBetween.contains(text_[end])) {
            return std::nullopt;
        }
        if (is_scheme(word) && text_[end] == ' ') {
            return find_behind_scheme(begin, skip(end, " "));
        }
        const bool is_flag = word.starts_with("--") && text_[end] == ' ';
        std::size_t at = end;
        if (!is_flag) {
            at = skip(skip(at, "\\\"'"), " ");
            if (at >= text_.size() || (text_[at] != '=' && text_[at] != ':')) {
                return std::nullopt;
            }
            at = skip(at, "=:>");
        }
        if (word.size() > kMaxNameBytes || !names_a_credential(word)) {
            return std::nullopt;
        }
        at = skip(at, " \t");
        if (is_no_value(at) || (is_flag && text_[at] == '-')) {
            return std::nullopt;
        }
        const Span span = value_at(at);
        return says_something(span) ? std::optional(span) : std::nullopt;
    }

    // `token`, `basic` and `digest` are words of every day outside of that header.
    std::optional<Span> find_behind_scheme(std::size_t begin, std::size_t at) const {
        constexpr std::size_t kNear = 30;
        const std::string_view before =
            text_.substr(begin < kNear ? 0 : begin - kNear, std::min(begin, kNear));
        const bool in_header = before.contains("uthorization") || before.contains("UTHORIZATION");
        const Span span = value_at(at);
        const std::string_view value = text_.substr(span.begin, span.end - span.begin);
        const bool looks_random = std::ranges::any_of(value, [](char c) {
            return is_digit(c) || is_upper(c) || c == '=';
        });
        const bool bearer = lower(text_[begin]) == 'b';
        const bool found = value.size() >= kLeastToken && (in_header || (bearer && looks_random));
        return found ? std::optional(span) : std::nullopt;
    }

    // References, places, marks of our own, and a key that is found by its lines.
    bool is_no_value(std::size_t at) const {
        const std::string_view rest = text_.substr(std::min(at, text_.size()));
        constexpr std::string_view kNoValue = "<[{*";
        return rest.empty() || kNoValue.contains(rest.front()) || rest.starts_with("$(") ||
               rest.starts_with("${") || rest.starts_with("\"[redacted:") || rest.starts_with(kPem);
    }

    static bool is_scheme(std::string_view word) {
        return word.size() >= 5 && word.size() <= 6 &&
               std::ranges::any_of(kSchemes, [&](std::string_view scheme) {
                   return equals_ignoring_case(word, scheme);
               });
    }

    std::size_t skip(std::size_t at, std::string_view bytes) const {
        return std::min(text_.find_first_not_of(bytes, at), text_.size());
    }

    // To the closing quote, or to what ends a word. A quote that opens as `\"` closes as `\"`.
    Span value_at(std::size_t at) const {
        const std::size_t quote = skip(at, "\\");
        if (quote >= text_.size() || (text_[quote] != '"' && text_[quote] != '\'')) {
            return {
                .begin = at,
                .end = std::min(text_.find_first_of(" \t\r\n,;&\"'})]", at), text_.size())
            };
        }
        const bool escaped = quote > at;
        std::size_t end = quote + 1;
        while (end < text_.size() && text_[end] != '\n') {
            if (text_[end] == '\\') {
                if (escaped && text_.substr(end + 1).starts_with(text_[quote])) {
                    break;
                }
                ++end;
            } else if (text_[end] == text_[quote]) {
                break;
            }
            ++end;
        }
        return {.begin = quote + 1, .end = std::min(end, text_.size())};
    }

    bool says_something(Span span) const {
        const std::string_view value = text_.substr(span.begin, span.end - span.begin);
        return span.begin < span.end && !is_among(kNothing, to_lower(value.substr(0, 10))) &&
               !is_scheme(value);
    }

    static constexpr std::string_view kPem = "-----BEGIN";
    static constexpr std::size_t kMinIssued = 20;

    std::string_view text_;
    std::vector<Span> spans_;
};

}  // namespace

bool names_a_credential(std::string_view name) {
    if (!may_name_a_credential(name)) {
        return false;
    }
    const auto words = words_of(name);
    if (words.empty() || is_among(kAboutWords, words.back())) {
        return false;
    }
    if (words.size() == 1 && words.front() == "auth") {
        return true;
    }
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (is_credential_at(words, i)) {
            return true;
        }
    }
    return false;
}

std::vector<Span> find_credentials(std::string_view text) {
    return Finder(text).find();
}

}  // namespace signalbox::kubectl
