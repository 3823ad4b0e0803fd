import { jaegerRelease, kubernetesStamps, plainRelease, prometheusRelease } from './releases.ts'

/** A program that is built from a Go module: `third-party/<folder>/go.mod` says which, the go.sum beside it holds the checksums. */
export type Pin = {
  name: string
  /** Below third-party/; programs of one module share it. */
  folder: string
  /** What is built. One that starts with a dot is ours, below the folder: it puts packages of the module together, or helps them. */
  package: string
  /** The module whose version is the program's. */
  module: string
  /** What people call the version of the module. */
  release(version: string): string
  /** Variables that tell the program its release, as `name=value` for -ldflags -X. */
  stamps(version: string): readonly string[]
  tags?: readonly string[]
  /** Arguments with which it tells its release; none for programs of ours. */
  asks?: readonly string[]
  /** What does not work without it. */
  without: string
}

const noCluster = '`./fairlead cluster` cannot start; set KUBECONFIG to another cluster.'
const noStack = 'Where no image of it can be pulled, the stack has none.'
const prometheusStamp = (release: string) => [`github.com/prometheus/common/version.Version=${release}`]

const prometheus = {
  folder: 'prometheus',
  module: 'github.com/prometheus/prometheus',
  // The SDKs of clouds it could discover targets in are not needed here; DNS is, for parts of the stack that may be off.
  tags: ['netgo', 'remove_all_sd', 'enable_dns_sd'],
  release: prometheusRelease,
  stamps: (version: string) => prometheusStamp(prometheusRelease(version)),
  asks: ['--version'],
}

const alertmanager = {
  folder: 'alertmanager',
  module: 'github.com/prometheus/alertmanager',
  tags: ['netgo'],
  release: plainRelease,
  stamps: (version: string) => prometheusStamp(plainRelease(version)),
  asks: ['--version'],
}

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

export const pins: readonly Pin[] = [
  {
    name: 'promtool',
    package: 'github.com/prometheus/prometheus/cmd/promtool',
    ...prometheus,
    without: '`./fairlead check` cannot look at the alert rules.',
  },
  { name: 'prometheus', package: 'github.com/prometheus/prometheus/cmd/prometheus', ...prometheus, without: noStack },
  {
    name: 'amtool',
    package: 'github.com/prometheus/alertmanager/cmd/amtool',
    ...alertmanager,
    without: '`./fairlead check` cannot say who is told of which alert.',
  },
  {
    name: 'alertmanager',
    package: 'github.com/prometheus/alertmanager/cmd/alertmanager',
    ...alertmanager,
    without: '`./fairlead check` cannot say who is told of which alert.',
  },
  {
    name: 'otelcol',
    folder: 'otelcol',
    package: '.',
    module: 'go.opentelemetry.io/collector/otelcol',
    release: plainRelease,
    stamps: version => [`main.version=${plainRelease(version)}`],
    asks: ['--version'],
    without: noStack,
  },
  {
    name: 'jaeger',
    folder: 'jaeger',
    package: 'github.com/jaegertracing/jaeger/cmd/jaeger',
    module: 'github.com/jaegertracing/jaeger',
    release: jaegerRelease,
    stamps: version => [`github.com/jaegertracing/jaeger/internal/version.latestVersion=${jaegerRelease(version)}`],
    asks: ['version'],
    without: noStack,
  },
  {
    name: 'docker-compose',
    folder: 'compose',
    package: 'github.com/docker/compose/v2/cmd',
    module: 'github.com/docker/compose/v2',
    release: plainRelease,
    stamps: version => [`github.com/docker/compose/v2/internal.Version=${plainRelease(version)}`],
    asks: ['version', '--short'],
    without: '`./fairlead e2e stack` and the drills need a Compose plugin of the Docker engine.',
  },
  {
    name: 'helm',
    folder: 'helm',
    package: 'helm.sh/helm/v4/cmd/helm',
    module: 'helm.sh/helm/v4',
    release: plainRelease,
    stamps: version => [`helm.sh/helm/v4/internal/version.version=${version}`],
    asks: ['version', '--short'],
    without: '`./fairlead check` cannot look at the charts.',
  },
  {
    name: 'kubeconform',
    folder: 'kubeconform',
    package: 'github.com/yannh/kubeconform/cmd/kubeconform',
    module: 'github.com/yannh/kubeconform',
    release: plainRelease,
    stamps: version => [`main.version=${version}`],
    asks: ['-v'],
    without: '`./fairlead check` cannot hold what the charts render to schemas.',
  },
  {
    name: 'cyclonus',
    folder: 'cyclonus',
    package: '.',
    module: 'github.com/mattfenwick/cyclonus',
    release: plainRelease,
    stamps: version => [`main.version=${plainRelease(version)}`],
    without: '`./fairlead check` has nobody to ask whether it reads network policies right.',
  },
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

export function pinOf(name: string): Pin {
  const pin = pins.find(each => each.name === name)
  if (!pin) throw new Error(`third-party/ pins no ${name}`)
  return pin
}

/** The version of the module that a go.mod requires for a program; its package has to be a `tool` there. */
export function readGoMod(text: string, pin: Pick<Pin, 'package' | 'module'>): string {
  const words = text.split('\n').map(line => line.trim().split(/\s+/))
  const hasTool = pin.package.startsWith('.') || words.some(line => line.at(line[0] === 'tool' ? 1 : 0) === pin.package)
  const required = words.map(line => (line[0] === 'require' ? line.slice(1) : line))
  const version = required.find(([path, version]) => path === pin.module && version?.startsWith('v'))?.[1]
  if (!hasTool || version === undefined)
    throw new Error(`go.mod: expected \`tool ${pin.package}\`, and a \`require\` line of ${pin.module}`)
  return version
}
