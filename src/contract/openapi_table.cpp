#include "contract/openapi_parts.hpp"

namespace signalbox::contract {

namespace {

constexpr std::string_view kTable = R"table(
GET /health | probes | public | Whether the process works |  |  | 200:Health 503:Health
GET /ready | probes | public | Whether requests can be served |  |  | 200:Readiness 503:Readiness
GET /healthz | probes | public | Liveness |  |  | 200:Ok
GET /metrics | probes | public | Prometheus text |  |  | 200=text/plain 401 429
GET /openapi.json | probes | public | This description |  |  | 200=application/json
GET /docs | probes | public | This description for reading |  |  | 200=text/html
GET /auth/discovery | probes | public | How to authenticate |  |  | 200:Discovery
GET /.well-known/kubently-auth | probes | public | How to authenticate |  |  | 200:Discovery
POST /auth/register | tenants | admin | Register a tenant |  | application/json=RegisterRequest | 200:Tenant 409
POST /auth/regenerate-key | tenants | admin | A new key for a tenant |  | application/json=TenantRef | 200:Tenant 404
GET /auth/tenants | tenants | admin | All tenants, newest first | limit cursor |  | 200:TenantsPage 422
GET /auth/tenants/{tenant_id} | tenants | admin | One tenant |  |  | 200:Tenant 404
PATCH /auth/tenants/{tenant_id} | tenants | admin | Change limits, by query or by body | max_cpu max_memory_gi max_concurrent_jobs max_queued_jobs priority_weight on_limit s3_prefixes | application/json=TenantPatch | 200:Tenant 404
DELETE /auth/tenants/{tenant_id} | tenants | admin | Delete a tenant without active jobs |  |  | 204 404 409
GET /tenants/me/dashboard | tenants | tenant | Limits, usage and recent jobs |  |  | 200:Dashboard
POST /tenants/me/regenerate-key | tenants | tenant | Rotate one's own key |  |  | 200:Tenant
POST /tenants/me/webhook-secret | tenants | tenant | A new secret for signed webhooks, shown once |  |  | 200:WebhookSecret 501
POST /jobs | jobs | tenant | Submit a scenario | Idempotency-Key | multipart/form-data=SubmitForm application/json=SubmitStored application/x-www-form-urlencoded=SubmitS3 | 200:SubmitAnswer 404 409 415 501 503 507
POST /jobs/s3 | jobs | tenant | Submit a scenario that lies in S3 | Idempotency-Key | application/json=SubmitS3 | 200:SubmitAnswer 409 501 503 507
GET /jobs | jobs | tenant | One's own jobs, newest first | status scenario_id limit cursor |  | 200:JobsPage 422
GET /jobs/{job_id} | jobs | tenant | One job with figures and attempts |  |  | 200:Job
PATCH /jobs/{job_id} | jobs | tenant | Keep a job and its files past their retention, or no longer |  | application/json=JobPatch | 200:Job
DELETE /jobs/{job_id} | jobs | tenant | Cancel a job |  |  | 200:Job
POST /jobs/{job_id}/cancel | jobs | tenant | Cancel a job |  |  | 200:Job
POST /jobs/{job_id}/retry | jobs | tenant | A new job with the same input | on_limit Idempotency-Key | application/json=RetryRequest | 200:SubmitAnswer 503 507
GET /jobs/{job_id}/explain | jobs | tenant | Why a job waits, or how it ended |  |  | 200:Explanation
GET /jobs/{job_id}/history | jobs | tenant | Every change of state |  |  | 200:History
GET /jobs/{job_id}/logs | jobs | tenant | The last lines of a job's log | lines attempt |  | 200:LogText 422
GET /jobs/{job_id}/logs/stream | jobs | tenant | The log as it comes, resumable | Last-Event-ID |  | 200=text/event-stream 204
GET /jobs/{job_id}/events | jobs | tenant | State, progress and figures as they change | Last-Event-ID |  | 200=text/event-stream 204
GET /jobs/{job_id}/results | results | tenant | The files a job yielded |  |  | 200:Results
DELETE /jobs/{job_id}/results | results | tenant | Free the space of the files |  |  | 204
GET /jobs/{job_id}/results.zip | results | tenant | All files in one archive |  |  | 200=application/zip
GET /jobs/{job_id}/results/{path} | results | tenant | One file | Range If-None-Match |  | 200=application/octet-stream 206=application/octet-stream 304 416
GET /simulators | jobs | tenant | The installed versions of SUMO |  |  | 200:Simulators
GET /scenarios | scenarios | tenant | One's stored scenarios | limit cursor |  | 200:ScenariosPage 422
PUT /scenarios/{scenario_id} | scenarios | tenant | Store a scenario under a name |  | application/zip=Archive | 200:StoredScenario 422 503 507
GET /scenarios/{scenario_id} | scenarios | tenant | One stored scenario |  |  | 200:StoredScenario 404
DELETE /scenarios/{scenario_id} | scenarios | tenant | Forget a stored scenario |  |  | 204 404
GET /admin/cluster | admin | admin | Nodes and what they hold |  |  | 200:Cluster
GET /admin/jobs | admin | admin | Jobs of all tenants, newest first | status tenant_id limit cursor |  | 200:AdminJobsPage 404 422
GET /admin/activity | admin | admin | What runs now |  |  | 200:Activity
GET /admin/stats | admin | admin | Jobs by state |  |  | 200:QueueStats
GET /admin/time_series | admin | admin | Submissions per minute | minutes |  | 200:TimeSeries 422
GET /admin/recent_jobs | admin | admin | The newest jobs | limit tenant_id |  | 200:RecentJobs 404 422
POST /admin/warmup | admin | admin | Hold room on a node | cpu_request memory_gi keep_alive_seconds |  | 200:Warmup 422 503
GET /admin/warmup/status | admin | admin | What is held |  |  | 200:Warmup 503
DELETE /admin/warmup/{id} | admin | admin | Let room go |  |  | 204 404 503
POST /admin/keys | admin | admin | A named key, shown once |  | application/json=KeyRequest | 201:Key 404
GET /admin/keys | admin | admin | Named keys | limit cursor |  | 200:KeysPage 422
DELETE /admin/keys/{id} | admin | admin | Revoke a key |  |  | 204 404
GET /worker/v1/attempt | worker | worker | What to run |  |  | 200:AttemptDescription
GET /worker/v1/scenario | worker | worker | The archive to run | Range If-None-Match |  | 200=application/zip 206=application/zip 304 416
POST /worker/v1/beat | worker | worker | Where the run stands |  | application/json=Beat | 200:BeatAnswer
PUT /worker/v1/log | worker | worker | Bytes of the log | offset | application/octet-stream=Bytes | 200:LogAnswer 409:LogAnswer 422
PUT /worker/v1/results/{path} | worker | worker | One result file | X-SHA256 | application/octet-stream=Bytes | 200 422 507
POST /worker/v1/results/{path}/url | worker | worker | A presigned address for one result file |  |  | 200:ResultUrl 404 501
POST /worker/v1/verdict | worker | worker | How the run ended |  | application/json=Verdict | 200 409
)table";

}  // namespace

std::string_view openapi_table() {
    return kTable;
}

}  // namespace signalbox::contract
