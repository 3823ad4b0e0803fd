/** A program that is built from a Go module: `third-party/<folder>/go.mod` says which, the go.sum beside it holds the checksums. */
export type Pin = {
  name: string
  /** Below third-party/; programs of one module share it. */
  folder: string
  /** What is built; `.` for a main.go of ours in the folder, which puts packages of the module together. */
  package: string
  /** The module whose version is the program's. */
  module: string
  /** What people call the version of the module. */
  release(version: string): string
  /** The variable that tells the program its release; set with -ldflags -X. */
  releaseVariable: string
  tags?: readonly string[]
}

const prometheus = {
  folder: 'prometheus',
  module: 'github.com/prometheus/prometheus',
  // The SDKs of clouds it could discover targets in are not needed here; DNS is, for parts of the stack that may be off.
  tags: ['netgo', 'remove_all_sd', 'enable_dns_sd'],
  release: prometheusRelease,
  releaseVariable: 'github.com/prometheus/common/version.Version',
}

const alertmanager = {
  folder: 'alertmanager',
  module: 'github.com/prometheus/alertmanager',
  tags: ['netgo'],
  release: plainRelease,
  releaseVariable: 'github.com/prometheus/common/version.Version',
}

export const pins: readonly Pin[] = [
  { name: 'promtool', package: 'github.com/prometheus/prometheus/cmd/promtool', ...prometheus },
  { name: 'prometheus', package: 'github.com/prometheus/prometheus/cmd/prometheus', ...prometheus },
  { name: 'amtool', package: 'github.com/prometheus/alertmanager/cmd/amtool', ...alertmanager },
  { name: 'alertmanager', package: 'github.com/prometheus/alertmanager/cmd/alertmanager', ...alertmanager },
  {
    name: 'otelcol',
    folder: 'otelcol',
    package: '.',
    module: 'go.opentelemetry.io/collector/otelcol',
    release: plainRelease,
    releaseVariable: 'main.version',
  },
  {
    name: 'jaeger',
    folder: 'jaeger',
    package: 'github.com/jaegertracing/jaeger/cmd/jaeger',
    module: 'github.com/jaegertracing/jaeger',
    release: jaegerRelease,
    releaseVariable: 'github.com/jaegertracing/jaeger/internal/version.latestVersion',
  },
  {
    name: 'docker-compose',
    folder: 'compose',
    package: 'github.com/docker/compose/v2/cmd',
    module: 'github.com/docker/compose/v2',
    release: plainRelease,
    releaseVariable: 'github.com/docker/compose/v2/internal.Version',
  },
]

export function pinOf(name: string): Pin {
  const pin = pins.find(each => each.name === name)
  if (!pin) throw new Error(`third-party/ pins no ${name}`)
  return pin
}

function plainRelease(version: string): string {
  return version.slice(1)
}

/** Prometheus 3.15.0 is v0.315.0 as a module, because its packages promise nothing to importers. */
export function prometheusRelease(version: string): string {
  const [, number, patch] = /^v0\.(\d{3,})\.(.+)$/.exec(version) ?? []
  if (number === undefined) throw new Error(`prometheus: expected a module version such as v0.315.0, got "${version}"`)
  return `${number.slice(0, -2)}.${Number(number.slice(-2))}.${patch}`
}

/** Jaeger 2.N was released together with, and from the commit of, 1.(N+63); only the latter is a module. */
export function jaegerRelease(version: string): string {
  const [, minor, patch] = /^v1\.(\d+)\.(\d+)$/.exec(version) ?? []
  if (minor === undefined || Number(minor) < 63)
    throw new Error(`jaeger: expected a module version from v1.63.0 on, got "${version}"`)
  return `2.${Number(minor) - 63}.${patch}`
}

/** The version of the module that a go.mod requires for a program; its package has to be a `tool` there. */
export function readGoMod(text: string, pin: Pick<Pin, 'package' | 'module'>): string {
  const words = text.split('\n').map(line => line.trim().split(/\s+/))
  const hasTool = pin.package === '.' || words.some(line => line.at(line[0] === 'tool' ? 1 : 0) === pin.package)
  const required = words.map(line => (line[0] === 'require' ? line.slice(1) : line))
  const version = required.find(([path, version]) => path === pin.module && version?.startsWith('v'))?.[1]
  if (!hasTool || version === undefined)
    throw new Error(`go.mod: expected \`tool ${pin.package}\`, and a \`require\` line of ${pin.module}`)
  return version
}
