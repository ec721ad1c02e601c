#include "contract/json_fields.hpp"

namespace signalbox::contract {

Error decode_error_of(FieldError field) {
    return field_error(std::move(field.location), std::move(field.message), std::move(field.type));
}

}  // namespace signalbox::contract
