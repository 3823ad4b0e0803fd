import type { Pin } from '../pin.ts'
import { jaegerRelease, plainRelease, prometheusRelease } from '../releases.ts'

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

/** What the stack on one machine runs, where no image of it can be pulled, and what judges its rules. */
export const stackPins: readonly Pin[] = [
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
]
