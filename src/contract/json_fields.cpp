#include "contract/json_fields.hpp"

namespace signalbox::contract {

Error decode_error_of(FieldError field) {
    std::string sentence = field.location + ": " + field.message;
    return Error(Code::kUnprocessable, "VALIDATION_ERROR", std::move(sentence))
        .with_field(std::move(field));
}

}  // namespace signalbox::contract
