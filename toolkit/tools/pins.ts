/** A tool that is built from a Go module: `third-party/<name>/go.mod` says which, its go.sum holds the checksums. */
export type Pin = {
  name: string
  /** What the tool needs, beside what holds for all. */
  tags: readonly string[]
  /** What people call the version of the module. */
  release(version: string): string
  /** The variable that tells the tool its release; set with -ldflags -X. */
  releaseVariable: string
}

export const pins: readonly Pin[] = [
  {
    name: 'promtool',
    tags: ['netgo', 'remove_all_sd'], // the SDKs of clouds it could discover targets in are not needed here
    release: prometheusRelease,
    releaseVariable: 'github.com/prometheus/common/version.Version',
  },
]

/** Prometheus 3.15.0 is v0.315.0 as a module, because its packages promise nothing to importers. */
export function prometheusRelease(version: string): string {
  const [, number, patch] = /^v0\.(\d{3,})\.(.+)$/.exec(version) ?? []
  if (number === undefined) throw new Error(`prometheus: expected a module version such as v0.315.0, got "${version}"`)
  return `${number.slice(0, -2)}.${Number(number.slice(-2))}.${patch}`
}

/** The package of the `tool` line, and the version of the module that holds it. */
export function readGoMod(text: string): { tool: string; version: string } {
  const tool = /^tool (\S+)$/m.exec(text)?.[1] ?? ''
  const required = [...text.matchAll(/^(?:require )?\s*(\S+) (v\S+)/gm)].map(([, path = '', version = '']) => ({
    path,
    version,
  }))
  const module = required.find(({ path }) => tool === path || tool.startsWith(`${path}/`))
  if (!module) throw new Error('go.mod: expected one `tool` line, and a `require` line of the module that holds it')
  return { tool, version: module.version }
}
