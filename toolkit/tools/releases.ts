/** Most projects. */
export function plainRelease(version: string): string {
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

/** The two packages that its own build stamps (hack/lib/version.sh). No date: the same source makes the same bytes. */
export function kubernetesStamps(version: string): string[] {
  const [major = '', minor = ''] = plainRelease(version).split('.')
  const values = { gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' }
  return ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap(path =>
    Object.entries({ ...values, buildDate: '1970-01-01T00:00:00Z' }).map(([name, value]) => `${path}.${name}=${value}`),
  )
}
