#include "contract/openapi_parts.hpp"

namespace signalbox::contract {

namespace {

constexpr std::string_view kParameters = R"json({
"limit":{"name":"limit","in":"query","description":"Rows of a page: at most 200, for admins 1000","schema":{"type":"integer","minimum":1,"maximum":1000}},
"cursor":{"name":"cursor","in":"query","description":"next_cursor of the page before","schema":{"type":"string"}},
"status":{"name":"status","in":"query","schema":{"$ref":"#/components/schemas/Status"}},
"scenario_id":{"name":"scenario_id","in":"query","schema":{"type":"string"}},
"tenant_id":{"name":"tenant_id","in":"query","schema":{"type":"string"}},
"lines":{"name":"lines","in":"query","schema":{"type":"integer","minimum":1,"maximum":10000,"default":500}},
"attempt":{"name":"attempt","in":"query","description":"Default: the newest","schema":{"type":"integer","minimum":1}},
"minutes":{"name":"minutes","in":"query","schema":{"type":"integer","minimum":1,"maximum":1440,"default":60}},
"offset":{"name":"offset","in":"query","required":true,"schema":{"type":"integer","minimum":0}},
"on_limit":{"name":"on_limit","in":"query","schema":{"$ref":"#/components/schemas/OnLimit"}},
"max_cpu":{"name":"max_cpu","in":"query","schema":{"type":"integer","minimum":1,"maximum":1000}},
"max_memory_gi":{"name":"max_memory_gi","in":"query","schema":{"type":"integer","minimum":1,"maximum":5000}},
"max_concurrent_jobs":{"name":"max_concurrent_jobs","in":"query","schema":{"type":"integer","minimum":1,"maximum":200}},
"max_queued_jobs":{"name":"max_queued_jobs","in":"query","schema":{"type":"integer","minimum":0,"maximum":1000000}},
"priority_weight":{"name":"priority_weight","in":"query","schema":{"type":"integer","minimum":1,"maximum":100}},
"s3_prefixes":{"name":"s3_prefixes","in":"query","description":"A JSON list of texts","schema":{"type":"string"}},
"cpu_request":{"name":"cpu_request","in":"query","schema":{"type":"integer","minimum":1,"maximum":32}},
"memory_gi":{"name":"memory_gi","in":"query","schema":{"type":"integer","minimum":1,"maximum":128}},
"keep_alive_seconds":{"name":"keep_alive_seconds","in":"query","schema":{"type":"integer","minimum":1}},
"Idempotency-Key":{"name":"Idempotency-Key","in":"header","description":"The same key with the same content gives the first answer for 24 h","schema":{"type":"string"}},
"Last-Event-ID":{"name":"Last-Event-ID","in":"header","description":"Resume behind this event","schema":{"type":"string"}},
"Range":{"name":"Range","in":"header","schema":{"type":"string"}},
"If-None-Match":{"name":"If-None-Match","in":"header","description":"The ETag that is known already","schema":{"type":"string"}},
"X-SHA256":{"name":"X-SHA256","in":"header","required":true,"schema":{"type":"string"}}
})json";

}  // namespace

std::string_view openapi_parameters() {
    return kParameters;
}

}  // namespace signalbox::contract
