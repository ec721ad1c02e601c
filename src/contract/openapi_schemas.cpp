#include "contract/openapi_parts.hpp"

namespace signalbox::contract {

namespace {

// One schema a line; `?` types are written as a list with "null".
constexpr std::string_view kSchemas = R"json({
"Error":{"type":"object","required":["detail","error","message","details","request_id","timestamp"],"properties":{"detail":{"description":"The sentence; for 422 a list of {loc, msg, type}"},"error":{"type":"string"},"message":{"type":"string"},"details":{"type":"object","properties":{"code":{"type":"string"},"context":{"type":"object"}}},"request_id":{"type":"string"},"timestamp":{"type":"string","format":"date-time"}}},
"Ok":{"type":"object","properties":{"status":{"const":"ok"}}},
"Health":{"type":"object","properties":{"status":{"enum":["healthy","unhealthy"]},"timestamp":{"type":"string","format":"date-time"},"k8s_available":{"type":"boolean"},"db_available":{"type":"boolean"},"redis":{"enum":["connected","disconnected","not_configured"]},"version":{"type":"string"},"uptime_seconds":{"type":"integer"},"active_sessions":{"type":"integer"}}},
"Readiness":{"type":"object","properties":{"status":{"enum":["ready","not_ready"]},"reason":{"type":"string"},"degraded":{"type":"array","items":{"type":"string"}}}},
"Discovery":{"type":"object","properties":{"authentication_methods":{"type":"array","items":{"type":"string"}},"api_key":{"type":"object"},"oauth":{"type":"object"}}},
"Status":{"type":"string","enum":["QUEUED","PENDING","RUNNING","SUCCEEDED","FAILED","CANCELLED"]},
"OnLimit":{"type":"string","enum":["reject","queue"]},
"Reason":{"type":["string","null"],"enum":[null,"COMPLETED","ENDED_EARLY","CANCELLED","TIMED_OUT","SCENARIO_ERROR","OUT_OF_MEMORY","DISK_FULL","INTERRUPTED","SUMO_CRASHED","WORKER_LOST","NODE_LOST","IMAGE_ERROR","QUOTA","UNSCHEDULABLE","START_FAILED","INTERNAL"]},
"Finding":{"type":"object","properties":{"file":{"type":"string"},"line":{"type":"integer"},"severity":{"enum":["error","warning"]},"code":{"type":"string"},"message":{"type":"string"},"hint":{"type":"string"}}},
"TenantLimits":{"type":"object","properties":{"max_cpu":{"type":["integer","null"],"minimum":1,"maximum":1000},"max_memory_gi":{"type":["integer","null"],"minimum":1,"maximum":5000},"max_concurrent_jobs":{"type":["integer","null"],"minimum":1,"maximum":200},"max_queued_jobs":{"type":["integer","null"],"minimum":0,"maximum":1000000},"priority_weight":{"type":["integer","null"],"minimum":1,"maximum":100},"on_limit":{"$ref":"#/components/schemas/OnLimit"},"s3_prefixes":{"type":"array","items":{"type":"string"}}}},
"TenantPatch":{"$ref":"#/components/schemas/TenantLimits"},
"RegisterRequest":{"allOf":[{"$ref":"#/components/schemas/TenantLimits"},{"type":"object","required":["tenant_id"],"properties":{"tenant_id":{"type":"string"}}}]},
"TenantRef":{"type":"object","required":["tenant_id"],"properties":{"tenant_id":{"type":"string"}}},
"Tenant":{"allOf":[{"$ref":"#/components/schemas/TenantLimits"},{"type":"object","properties":{"tenant_id":{"type":"string"},"namespace":{"type":"string"},"api_key":{"type":["string","null"],"description":"Only where a key was just made"},"created_at":{"type":"string","format":"date-time"}}}]},
"TenantsPage":{"type":"object","properties":{"tenants":{"type":"array","items":{"$ref":"#/components/schemas/Tenant"}},"next_cursor":{"type":["string","null"]}}},
"WebhookSecret":{"type":"object","properties":{"secret":{"type":"string"},"created_at":{"type":"string","format":"date-time"}}},
"Scopes":{"type":["object","null"],"description":"Absent or null: all that the role has; []: none","properties":{"tenants":{"type":["array","null"],"items":{"type":"string"}},"clusters":{"type":["array","null"],"items":{"type":"string"}},"namespaces":{"type":["array","null"],"items":{"type":"string"}}}},
"KeyRequest":{"type":"object","required":["name","role"],"properties":{"name":{"type":"string","maxLength":100},"role":{"enum":["admin","tenant","debugger","viewer"]},"tenant_id":{"type":["string","null"]},"scopes":{"$ref":"#/components/schemas/Scopes"},"expires_at":{"type":["string","null"],"format":"date-time"}}},
"Key":{"type":"object","properties":{"key_id":{"type":"string"},"name":{"type":"string"},"role":{"type":"string"},"tenant_id":{"type":["string","null"]},"scopes":{"$ref":"#/components/schemas/Scopes"},"created_at":{"type":"string","format":"date-time"},"expires_at":{"type":["string","null"]},"key":{"type":"string","description":"Only where it was just made"}}},
"KeysPage":{"type":"object","properties":{"keys":{"type":"array","items":{"$ref":"#/components/schemas/Key"}},"next_cursor":{"type":["string","null"]}}},
"SubmitFields":{"type":"object","required":["scenario_id"],"properties":{"scenario_id":{"type":"string","minLength":1,"maxLength":100},"cpu_request":{"type":"integer","minimum":1,"maximum":32,"default":1},"memory_gi":{"type":"integer","minimum":1,"maximum":128,"default":1},"config_file":{"type":"string"},"sumo_version":{"type":"string"},"seed":{"type":"integer"},"end":{"type":"number"},"args":{"type":"array","items":{"type":"string"},"description":"In forms a JSON list"},"on_limit":{"$ref":"#/components/schemas/OnLimit"},"priority":{"type":"integer","minimum":0,"maximum":9,"default":5},"callback_url":{"type":"string"},"progress_webhook_url":{"type":"string"},"timeout_seconds":{"type":"integer","minimum":1}}},
"SubmitForm":{"allOf":[{"$ref":"#/components/schemas/SubmitFields"},{"type":"object","description":"Exactly one of sumo_files and sumo_files_s3_url","properties":{"sumo_files":{"type":"string","contentMediaType":"application/zip"},"sumo_files_s3_url":{"type":"string"}}}]},
"SubmitStored":{"allOf":[{"$ref":"#/components/schemas/SubmitFields"},{"type":"object","required":["scenario"],"properties":{"scenario":{"type":"string","description":"A scenario stored before"}}}]},
"SubmitS3":{"allOf":[{"$ref":"#/components/schemas/SubmitFields"},{"type":"object","properties":{"sumo_files_s3_url":{"type":"string"},"sumo_files_s3_urls":{"type":"array","items":{"type":"string"}}}}]},
"JobPatch":{"type":"object","required":["pinned"],"properties":{"pinned":{"type":"boolean"}}},
"ResultUrl":{"type":"object","properties":{"url":{"type":"string"}}},
"RetryRequest":{"type":"object","properties":{"on_limit":{"$ref":"#/components/schemas/OnLimit"}}},
"SubmitAnswer":{"type":"object","required":["job_id","status"],"properties":{"job_id":{"type":"string"},"status":{"enum":["PENDING","QUEUED"]},"config_file":{"type":"string"},"warnings":{"type":"array","items":{"$ref":"#/components/schemas/Finding"}},"retry_of":{"type":"string"}}},
"Progress":{"type":"object","properties":{"simulated_seconds":{"type":["number","null"]},"end_seconds":{"type":["number","null"]},"percent":{"type":["number","null"]},"running":{"type":["integer","null"]},"halting":{"type":["integer","null"]},"real_time_factor":{"type":["number","null"]},"eta_seconds":{"type":["number","null"]}}},
"Figures":{"type":"object","description":"Names as in SUMO's --statistic-output; null: unknown","properties":{"schema":{"const":1},"vehicles":{"type":"object"},"teleports":{"type":"object"},"safety":{"type":"object"},"vehicleTripStatistics":{"type":"object"},"persons":{"type":["object","null"]},"emissions":{"type":["object","null"]},"cost":{"type":"object"}}},
"Attempt":{"type":"object","properties":{"n":{"type":"integer"},"reason":{"$ref":"#/components/schemas/Reason"},"error":{"type":["string","null"]},"started_at":{"type":["string","null"]},"finished_at":{"type":["string","null"]},"where":{"type":["string","null"]},"sumo_version":{"type":["string","null"]},"memory_bytes":{"type":"integer"}}},
"JobItem":{"type":"object","required":["job_id","status"],"properties":{"job_id":{"type":"string"},"tenant_id":{"type":"string"},"scenario_id":{"type":"string"},"status":{"$ref":"#/components/schemas/Status"},"reason":{"$ref":"#/components/schemas/Reason"},"error":{"type":["string","null"]},"submitted_at":{"type":"string","format":"date-time"},"started_at":{"type":["string","null"]},"finished_at":{"type":["string","null"]},"completed_at":{"type":["string","null"]},"cpu_request":{"type":"integer"},"memory_gi":{"type":"integer"},"priority":{"type":"integer"},"progress":{"$ref":"#/components/schemas/Progress"},"attempt":{"type":"integer"},"config_file":{"type":"string"},"sumo_version":{"type":"string"},"seed":{"type":["integer","null"]},"end":{"type":["number","null"]},"args":{"type":"array","items":{"type":"string"}},"timeout_seconds":{"type":"integer"},"result_location":{"type":["string","null"]},"result_files":{"type":"object","additionalProperties":{"type":"integer"}},"cancel_requested":{"type":"boolean"},"pinned":{"type":"boolean"},"retry_of":{"type":["string","null"]},"warnings":{"type":"array","items":{"$ref":"#/components/schemas/Finding"}}}},
"Job":{"allOf":[{"$ref":"#/components/schemas/JobItem"},{"type":"object","properties":{"kpis":{"$ref":"#/components/schemas/Figures"},"attempts":{"type":"array","items":{"$ref":"#/components/schemas/Attempt"}}}}]},
"JobsPage":{"type":"object","properties":{"jobs":{"type":"array","items":{"$ref":"#/components/schemas/JobItem"}},"next_cursor":{"type":["string","null"]},"total":{"type":"integer"}}},
"Explanation":{"type":"object","properties":{"job_id":{"type":"string"},"status":{"$ref":"#/components/schemas/Status"},"queue_position":{"type":["integer","null"]},"reasons":{"type":"array","items":{"type":"object","properties":{"code":{"type":"string"},"message":{"type":"string"},"value":{"type":["number","null"]},"limit":{"type":["number","null"]}}}}}},
"History":{"type":"object","properties":{"job_id":{"type":"string"},"history":{"type":"array","items":{"type":"object","properties":{"status":{"$ref":"#/components/schemas/Status"},"reason":{"type":["string","null"]},"attempt":{"type":["integer","null"]},"at":{"type":"string","format":"date-time"}}}}}},
"LogText":{"type":"object","properties":{"job_id":{"type":"string"},"pod_name":{"type":["string","null"]},"logs":{"type":"string"}}},
"Results":{"type":"object","properties":{"job_id":{"type":"string"},"status":{"$ref":"#/components/schemas/Status"},"storage_type":{"type":"string"},"result_location":{"type":["string","null"]},"result_files":{"type":"object","additionalProperties":{"type":"integer"}},"files":{"type":"array","items":{"type":"object","properties":{"name":{"type":"string"},"size":{"type":"integer"},"sha256":{"type":"string"},"url":{"type":"string"}}}},"results":{"type":"null","description":"Only when the job is not SUCCEEDED"},"message":{"type":"string"}}},
"Simulators":{"type":"object","properties":{"simulators":{"type":"array","items":{"type":"object","properties":{"version":{"type":"string"},"default":{"type":"boolean"},"home":{"type":"string"}}}}}},
"Dashboard":{"type":"object","properties":{"tenant_id":{"type":"string"},"plan_limits":{"type":"object"},"current_usage":{"type":"object","additionalProperties":{"type":"string"}},"running_pods":{"type":"integer"},"recent_jobs":{"type":"array","items":{"$ref":"#/components/schemas/JobItem"}},"stats":{"$ref":"#/components/schemas/Counts"},"quota":{"type":"object"}}},
"Counts":{"type":"object","properties":{"queued":{"type":"integer"},"pending":{"type":"integer"},"running":{"type":"integer"},"succeeded":{"type":"integer"},"failed":{"type":"integer"},"cancelled":{"type":"integer"}}},
"Archive":{"type":"string","contentMediaType":"application/zip"},
"Bytes":{"type":"string","contentMediaType":"application/octet-stream"},
"StoredScenario":{"type":"object","properties":{"scenario_id":{"type":"string"},"sha256":{"type":"string"},"size":{"type":"integer"},"config_files":{"type":"array","items":{"type":"string"}},"warnings":{"type":"array","items":{"$ref":"#/components/schemas/Finding"}},"stored_at":{"type":"string","format":"date-time"}}},
"ScenariosPage":{"type":"object","properties":{"scenarios":{"type":"array","items":{"$ref":"#/components/schemas/StoredScenario"}},"next_cursor":{"type":["string","null"]}}},
"Node":{"type":"object","properties":{"name":{"type":"string"},"status":{"type":"array","items":{"type":"string"}},"capacity":{"type":"object"},"allocatable":{"type":"object"},"allocated":{"type":"object"},"pods_running":{"type":"integer"},"created":{"type":["string","null"]}}},
"Cluster":{"type":"object","properties":{"nodes":{"type":"array","items":{"$ref":"#/components/schemas/Node"}},"total_nodes":{"type":"integer"}}},
"AdminJob":{"allOf":[{"$ref":"#/components/schemas/JobItem"},{"type":"object","properties":{"namespace":{"type":"string"},"k8s_status":{"type":"object","properties":{"active":{"type":"integer"},"succeeded":{"type":"integer"},"failed":{"type":"integer"}}}}}]},
"AdminJobsPage":{"type":"object","properties":{"jobs":{"type":"array","items":{"$ref":"#/components/schemas/AdminJob"}},"total":{"type":"integer"},"next_cursor":{"type":["string","null"]}}},
"Activity":{"type":"object","properties":{"timestamp":{"type":"string","format":"date-time"},"nodes":{"type":"array","items":{"$ref":"#/components/schemas/Node"}},"total_nodes":{"type":"integer"},"pods":{"type":"object"},"k8s_jobs":{"type":"object"},"db_jobs":{"type":"object"}}},
"QueueStats":{"type":"object","properties":{"counts":{"$ref":"#/components/schemas/Counts"},"queue_start_at":{"type":["string","null"]}}},
"TimeSeries":{"type":"object","properties":{"minutes":{"type":"integer"},"series":{"type":"array","items":{"type":"object","properties":{"minute":{"type":"string","format":"date-time"},"submitted":{"type":"integer"}}}}}},
"RecentJobs":{"type":"object","properties":{"limit":{"type":"integer"},"jobs":{"type":"array","items":{"$ref":"#/components/schemas/AdminJob"}}}},
"Warmup":{"type":"object"},
"AttemptDescription":{"type":"object","properties":{"job_id":{"type":"string"},"attempt":{"type":"integer"},"config_file":{"type":"string"},"sumo_version":{"type":"string"},"seed":{"type":["integer","null"]},"end":{"type":["number","null"]},"args":{"type":"array","items":{"type":"string"}},"limits":{"type":"object"},"scenario":{"type":"object"}}},
"Beat":{"type":"object","required":["phase"],"properties":{"phase":{"enum":["fetching","running","uploading"]},"progress":{"type":"object"},"figures":{"$ref":"#/components/schemas/Figures"},"usage":{"type":"object"}}},
"BeatAnswer":{"type":"object","properties":{"action":{"enum":["continue","stop"]},"reason":{"$ref":"#/components/schemas/Reason"}}},
"LogAnswer":{"type":"object","properties":{"next":{"type":"integer"},"expected":{"type":"integer"}}},
"Verdict":{"type":"object","required":["outcome","reason"],"properties":{"outcome":{"enum":["SUCCEEDED","FAILED","CANCELLED"]},"reason":{"$ref":"#/components/schemas/Reason"},"error":{"type":"string"},"figures":{"$ref":"#/components/schemas/Figures"},"usage":{"type":"object"},"files":{"type":"array","items":{"type":"object","properties":{"path":{"type":"string"},"size":{"type":"integer"},"sha256":{"type":"string"}}}},"sumo":{"type":"object"}}}
})json";

}  // namespace

std::string_view openapi_schemas() {
    return kSchemas;
}

}  // namespace signalbox::contract
