#include "kubectl/catalog.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace signalbox::kubectl {

namespace {

// group/version plural singular Kind scope short names. N: namespaced, C: of the cluster.
constexpr std::string_view kRows = R"(
v1 pods pod Pod N po
v1 services service Service N svc
v1 configmaps configmap ConfigMap N cm
v1 events event Event N ev
v1 namespaces namespace Namespace C ns
v1 nodes node Node C no
v1 secrets secret Secret N
v1 serviceaccounts serviceaccount ServiceAccount N sa
v1 persistentvolumeclaims persistentvolumeclaim PersistentVolumeClaim N pvc
v1 persistentvolumes persistentvolume PersistentVolume C pv
v1 endpoints endpoints Endpoints N ep
v1 replicationcontrollers replicationcontroller ReplicationController N rc
v1 resourcequotas resourcequota ResourceQuota N quota
v1 limitranges limitrange LimitRange N limits
v1 podtemplates podtemplate PodTemplate N
v1 componentstatuses componentstatus ComponentStatus C cs
apps/v1 deployments deployment Deployment N deploy
apps/v1 replicasets replicaset ReplicaSet N rs
apps/v1 statefulsets statefulset StatefulSet N sts
apps/v1 daemonsets daemonset DaemonSet N ds
apps/v1 controllerrevisions controllerrevision ControllerRevision N
batch/v1 jobs job Job N
batch/v1 cronjobs cronjob CronJob N cj
autoscaling/v2 horizontalpodautoscalers horizontalpodautoscaler HorizontalPodAutoscaler N hpa
networking.k8s.io/v1 ingresses ingress Ingress N ing
networking.k8s.io/v1 ingressclasses ingressclass IngressClass C
networking.k8s.io/v1 networkpolicies networkpolicy NetworkPolicy N netpol
networking.k8s.io/v1 ipaddresses ipaddress IPAddress C ip
networking.k8s.io/v1 servicecidrs servicecidr ServiceCIDR C
policy/v1 poddisruptionbudgets poddisruptionbudget PodDisruptionBudget N pdb
rbac.authorization.k8s.io/v1 roles role Role N
rbac.authorization.k8s.io/v1 rolebindings rolebinding RoleBinding N
rbac.authorization.k8s.io/v1 clusterroles clusterrole ClusterRole C
rbac.authorization.k8s.io/v1 clusterrolebindings clusterrolebinding ClusterRoleBinding C
storage.k8s.io/v1 storageclasses storageclass StorageClass C sc
storage.k8s.io/v1 volumeattachments volumeattachment VolumeAttachment C
storage.k8s.io/v1 volumeattributesclasses volumeattributesclass VolumeAttributesClass C vac
storage.k8s.io/v1 csidrivers csidriver CSIDriver C
storage.k8s.io/v1 csinodes csinode CSINode C
storage.k8s.io/v1 csistoragecapacities csistoragecapacity CSIStorageCapacity N
scheduling.k8s.io/v1 priorityclasses priorityclass PriorityClass C pc
coordination.k8s.io/v1 leases lease Lease N
discovery.k8s.io/v1 endpointslices endpointslice EndpointSlice N
events.k8s.io/v1 events event Event N ev
node.k8s.io/v1 runtimeclasses runtimeclass RuntimeClass C
certificates.k8s.io/v1 certificatesigningrequests certificatesigningrequest CertificateSigningRequest C csr
admissionregistration.k8s.io/v1 mutatingwebhookconfigurations mutatingwebhookconfiguration MutatingWebhookConfiguration C
admissionregistration.k8s.io/v1 validatingwebhookconfigurations validatingwebhookconfiguration ValidatingWebhookConfiguration C
admissionregistration.k8s.io/v1 validatingadmissionpolicies validatingadmissionpolicy ValidatingAdmissionPolicy C
admissionregistration.k8s.io/v1 validatingadmissionpolicybindings validatingadmissionpolicybinding ValidatingAdmissionPolicyBinding C
admissionregistration.k8s.io/v1 mutatingadmissionpolicies mutatingadmissionpolicy MutatingAdmissionPolicy C
admissionregistration.k8s.io/v1 mutatingadmissionpolicybindings mutatingadmissionpolicybinding MutatingAdmissionPolicyBinding C
apiextensions.k8s.io/v1 customresourcedefinitions customresourcedefinition CustomResourceDefinition C crd crds
apiregistration.k8s.io/v1 apiservices apiservice APIService C
flowcontrol.apiserver.k8s.io/v1 flowschemas flowschema FlowSchema C
flowcontrol.apiserver.k8s.io/v1 prioritylevelconfigurations prioritylevelconfiguration PriorityLevelConfiguration C
resource.k8s.io/v1 deviceclasses deviceclass DeviceClass C
resource.k8s.io/v1 resourceclaims resourceclaim ResourceClaim N
resource.k8s.io/v1 resourceclaimtemplates resourceclaimtemplate ResourceClaimTemplate N
resource.k8s.io/v1 resourceslices resourceslice ResourceSlice C
metrics.k8s.io/v1beta1 pods pod PodMetrics N
metrics.k8s.io/v1beta1 nodes node NodeMetrics C
)";

constexpr std::array<std::string_view, 10> kAll{
    "pods",
    "replicationcontrollers",
    "services",
    "daemonsets.apps",
    "deployments.apps",
    "replicasets.apps",
    "statefulsets.apps",
    "horizontalpodautoscalers.autoscaling",
    "cronjobs.batch",
    "jobs.batch"
};

Kind read_row(std::string_view row) {
    const auto words = split(row, ' ');
    const std::size_t slash = words[0].find('/');
    const bool core = slash == std::string_view::npos;
    Kind kind{
        .group = std::string(core ? "" : words[0].substr(0, slash)),
        .version = std::string(core ? words[0] : words[0].substr(slash + 1)),
        .resource = std::string(words[1]),
        .singular = std::string(words[2]),
        .kind = std::string(words[3]),
        .namespaced = words[4] == "N",
        .short_names = {}
    };
    kind.short_names.assign(words.begin() + 5, words.end());
    return kind;
}

std::vector<Kind> read_rows() {
    std::vector<Kind> kinds;
    for (const std::string_view row : split(trim(kRows), '\n')) {
        kinds.push_back(read_row(row));
    }
    return kinds;
}

bool is_called(const Kind& kind, std::string_view name) {
    return kind.resource == name || kind.singular == name ||
           std::ranges::find(kind.short_names, name) != kind.short_names.end();
}

}  // namespace

std::string Kind::full_name() const {
    return group.empty() ? resource : resource + "." + version + "." + group;
}

const Catalog& Catalog::built_in() {
    static const Catalog catalog(read_rows());
    return catalog;
}

// `a.b.c` may be resource, version and group, or resource and group; kubectl tries them in this
// order. `pods.` is a pod, too.
const Kind* Catalog::find(std::string_view type) const {
    const std::string lower = to_lower(type);
    const std::string_view text = lower;
    const std::size_t first = text.find('.');
    if (first == std::string_view::npos) {
        return find(text, {}, {});
    }
    const std::string_view resource = text.substr(0, first);
    const std::string_view rest = text.substr(first + 1);
    if (const std::size_t second = rest.find('.'); second != std::string_view::npos) {
        if (const Kind* const kind =
                find(resource, rest.substr(0, second), rest.substr(second + 1))) {
            return kind;
        }
    }
    return find(resource, {}, rest);
}

// The group may be the beginning of one, if there is none that is called so.
const Kind* Catalog::find(
    std::string_view resource, std::string_view version, std::string_view group
) const {
    const auto fits = [&](const Kind& kind) {
        return is_called(kind, resource) && (version.empty() || kind.version == version);
    };
    auto found = std::ranges::find_if(kinds_, [&](const Kind& kind) {
        return fits(kind) && (group.empty() || kind.group == group);
    });
    if (found == kinds_.end() && version.empty()) {
        found = std::ranges::find_if(kinds_, [&](const Kind& kind) {
            return fits(kind) && kind.group.starts_with(group);
        });
    }
    return resource.empty() || found == kinds_.end() ? nullptr : &*found;
}

std::span<const std::string_view> types_of_all() {
    return kAll;
}

}  // namespace signalbox::kubectl
