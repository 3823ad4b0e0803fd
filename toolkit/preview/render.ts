import { stringify } from 'yaml'

/** One preview: what runs for a pull request, and where. */
export type Preview = { number: number; imageDigest: string; chartDigest: string; host: string }

export type Names = {
  /** Of the HelmRelease and OCIRepository in flux/base/service. */
  release: string
  /** Where the images and charts of this repository lie. */
  image: string
  chart: string
}

const namespaceOf = ({ number }: Pick<Preview, 'number'>): string => `preview-pr-${number}`
export const hostOf = (number: number, domain: string): string => `pr-${number}.${domain}`

/**
 * The files of the set below previews/, which build on flux/base and flux/previews beside them. A set without a preview still has
 * an object, because kustomize refuses to build nothing, and the last preview has to be pruned, too.
 */
export function renderPreviews(previews: readonly Preview[], names: Names): Map<string, string> {
  const sorted = [...previews].sort((a, b) => a.number - b.number)
  const set = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'previews', namespace: 'flux-system' },
    data: Object.fromEntries(sorted.map(each => [namespaceOf(each), `https://${each.host}`])),
  }
  const top = kustomization({ resources: ['set.yaml', ...sorted.map(({ number }) => `pr-${number}`)] })
  return new Map([
    ['previews/kustomization.yaml', stringify(top)],
    ['previews/set.yaml', stringify(set)],
    ...sorted.map((preview): [string, string] => [
      `previews/pr-${preview.number}/kustomization.yaml`,
      stringify(overlay(preview, names), { lineWidth: 0 }),
    ]),
  ])
}

function overlay(preview: Preview, { release, image, chart }: Names): object {
  const metadata = { name: release }
  return kustomization({
    namespace: namespaceOf(preview),
    resources: ['../../flux/previews'],
    patches: [
      {
        patch: stringify({
          apiVersion: 'helm.toolkit.fluxcd.io/v2',
          kind: 'HelmRelease',
          metadata,
          spec: {
            values: {
              image: { repository: image, digest: preview.imageDigest },
              publish: { hostnames: [preview.host] },
            },
          },
        }),
      },
      {
        patch: stringify({
          apiVersion: 'source.toolkit.fluxcd.io/v1',
          kind: 'OCIRepository',
          metadata,
          // null takes the tag of the base away.
          spec: { url: `oci://${chart}`, ref: { tag: null, digest: preview.chartDigest } },
        }),
      },
    ],
  })
}

const kustomization = (rest: object) => ({
  apiVersion: 'kustomize.config.k8s.io/v1beta1',
  kind: 'Kustomization',
  ...rest,
})
