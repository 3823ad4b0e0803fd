// Kinds that the charts use beyond Kubernetes' own. Only the CustomResourceDefinitions in these modules are read, and only by
// `./fairlead check chart`; nothing is built. To move one to another version: change it here, then GOFLAGS=-mod=mod go mod download.
module fairlead.dev/third-party/crds

go 1.26.0

require (
	github.com/cert-manager/cert-manager v1.21.2
	github.com/external-secrets/external-secrets v1.3.2
	github.com/prometheus-operator/prometheus-operator v0.85.0
	sigs.k8s.io/gateway-api v1.6.3
)
