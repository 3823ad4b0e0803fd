import type { Pin } from '../pin.ts'
import { kubernetesStamps, plainRelease } from '../releases.ts'

const noCluster = '`./fairlead cluster` cannot start; set KUBECONFIG to another cluster.'
// Without the stamps it would call itself v0.0.0-master, and a chart's kubeVersion refuse it.
const kubernetes = {
  folder: 'kubernetes',
  module: 'k8s.io/kubernetes',
  tags: ['grpcnotrace'], // as its own build
  release: plainRelease,
  stamps: kubernetesStamps,
  asks: ['--version'],
  without: noCluster,
}
const kubernetesPrograms = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy']

/** What `./fairlead cluster` is made of. */
export const clusterPins: readonly Pin[] = [
  {
    name: 'etcd',
    folder: 'etcd',
    package: 'go.etcd.io/etcd/server/v3',
    module: 'go.etcd.io/etcd/server/v3',
    release: plainRelease,
    stamps: () => [],
    asks: ['--version'],
    without: noCluster,
  },
  ...kubernetesPrograms.map(name => ({ name, package: `k8s.io/kubernetes/cmd/${name}`, ...kubernetes })),
  { name: 'kubectl', package: 'k8s.io/kubernetes/cmd/kubectl', ...kubernetes, asks: ['version', '--client'] },
  {
    name: 'pause',
    folder: 'kubernetes',
    package: './pause',
    module: 'k8s.io/kubernetes',
    release: plainRelease,
    stamps: () => [],
    without: noCluster,
  },
  {
    name: 'coredns',
    folder: 'coredns',
    package: 'github.com/coredns/coredns',
    module: 'github.com/coredns/coredns',
    release: plainRelease,
    stamps: () => [],
    asks: ['-version'],
    without: noCluster,
  },
]
