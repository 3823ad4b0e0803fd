// Kinds that helm/ and flux/ use beyond Kubernetes' own. Only the CustomResourceDefinitions in these modules are read, by
// `./fairlead check chart` and `./fairlead manifests`; nothing is built. The four of fluxcd are those that Flux 2.9.4 is made of,
// and move together. To move one to another version: change it here, then GOFLAGS=-mod=mod go mod download.
module fairlead.dev/third-party/crds

go 1.26.0

require (
	github.com/cert-manager/cert-manager v1.21.2
	github.com/external-secrets/external-secrets v1.3.2
	github.com/fluxcd/helm-controller v1.6.3
	github.com/fluxcd/kustomize-controller v1.9.4
	github.com/fluxcd/notification-controller v1.9.3
	github.com/fluxcd/source-controller v1.9.4
	github.com/prometheus-operator/prometheus-operator v0.85.0
	sigs.k8s.io/gateway-api v1.6.3
)
