#include "scenario/checks/network_index.hpp"

namespace signalbox::scenario {

void NetworkIndex::element(const XmlElement& element) {
    if (element.name == "edge") {
        const std::string_view id = element.attributes.get("id");
        if (!id.starts_with(':')) {
            edges_.add(hash_id(id), true);
        }
    } else if (element.name == "connection") {
        const std::string_view from = element.attributes.get("from");
        if (!from.starts_with(':')) {
            links_.add(hash_pair(hash_id(from), hash_id(element.attributes.get("to"))), true);
        }
    }
}

void NetworkIndex::restart() {
    edges_.clear();
    links_.clear();
    complete_ = false;
}

}  // namespace signalbox::scenario
