/** A change of one file of flux/. */
export type Plant = { file: string; from: string | RegExp; to: string }

/** One mistake, planted into a copy of flux/, and what has to be said of it, at a line where `line`. */
export type Mistake = Plant & { what: string; said: RegExp; line?: true }

const digits = 'a'.repeat(64)

export const mistakes: readonly Mistake[] = [
  {
    what: 'a field mistyped in a patch',
    file: 'flux/prod/release.yaml',
    from: '\nspec:\n',
    to: '\nspec:\n  chartRev: { kind: OCIRepository, name: other }\n',
    said: /HelmRelease hello-world: at '\/spec': additional properties 'chartRev' not allowed/,
    line: true,
  },
  {
    what: 'a value that the chart does not know',
    file: 'flux/prod/release.yaml',
    from: '\n  values:\n',
    to: '\n  values:\n    replicaCount: 3\n',
    said: /helm\/service refuses its values:.*replicaCount/s,
  },
  {
    what: 'a duration without a unit',
    file: 'flux/base/service/oci-repository.yaml',
    from: 'interval: 10m',
    to: "interval: '10'",
    said: /OCIRepository hello-world: at '\/spec\/interval': '10' does not match pattern/,
    line: true,
  },
  {
    what: 'a version that Flux no longer serves',
    file: 'flux/base/service/helm-release.yaml',
    from: 'helm.toolkit.fluxcd.io/v2\n',
    to: 'helm.toolkit.fluxcd.io/v2beta2\n',
    said: /is not served; write helm\.toolkit\.fluxcd\.io\/v2$/,
  },
  {
    what: 'a version of a Provider that was never served',
    file: 'flux/base/notifications/provider.yaml',
    from: 'v1beta3',
    to: 'v1',
    said: /apiVersion notification\.toolkit\.fluxcd\.io\/v1 is not served; write notification\.toolkit\.fluxcd\.io\/v1beta3$/,
  },
  {
    what: 'a kind that nobody defines',
    file: 'flux/base/notifications/alert.yaml',
    from: 'kind: Alert',
    to: 'kind: Alarm',
    said: /Alarm fairlead: apiVersion .* is not served; nothing that third-party\/ pins defines such a kind/,
  },
  {
    what: 'a patch of a file that is not there',
    file: 'flux/prod/kustomization.yaml',
    from: 'path: release.yaml',
    to: 'path: releases.yaml',
    said: /^kustomize: .*releases\.yaml/s,
  },
  {
    what: 'a base that is somewhere else',
    file: 'flux/prod/kustomization.yaml',
    from: 'resources:\n',
    to: 'resources:\n  - https://example.com/base.yaml\n',
    said: /https:\/\/example\.com\/base\.yaml would be fetched from elsewhere/,
  },
  {
    what: 'an image by its tag',
    file: 'flux/prod/release.yaml',
    from: /digest: sha256:[0-9a-f]{64}/,
    to: 'tag: 1.2.3',
    said: /^kustomize: .*values\.image\.digest/s,
  },
  {
    what: 'a tag beside the digest',
    file: 'flux/prod/release.yaml',
    from: 'digest: sha256:',
    to: 'tag: 1.2.3\n      digest: sha256:',
    said: /values\.image\.tag is 1\.2\.3/,
  },
  {
    what: 'a digest that is cut off',
    file: 'flux/prod/release.yaml',
    from: /digest: sha256:[0-9a-f]{64}/,
    to: `digest: sha256:${digits.slice(1)}`,
    said: /expected one HelmRelease with values\.image\.digest of sha256:/,
  },
  {
    what: 'nonprod promoted in git',
    file: 'flux/nonprod/release.yaml',
    from: /digest: sha256:[0-9a-f]{64}/,
    to: `digest: sha256:${digits}`,
    said: /the pipeline publishes nonprod/,
  },
  {
    what: 'a chart that does not belong to the image',
    file: 'flux/prod/kustomization.yaml',
    from: /\nreplacements:.*$/s,
    to: '\n',
    said: /expected the chart by the tag image-/,
  },
  {
    what: 'an environment that verifies nothing',
    file: 'flux/prod/kustomization.yaml',
    from: 'components:\n  - verify\n',
    to: '',
    said: /expected an OCIRepository with spec\.verify/,
  },
  {
    what: 'a Secret that is not encrypted',
    file: 'flux/base/notifications/external-secret.yaml',
    from: /^.*$/s,
    to: 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: fairlead\nstringData:\n  token: planted\n',
    said: /Secret fairlead: token stands there in plain text/,
    line: true,
  },
]

/** What looks like a mistake and is none: a Secret that SOPS encrypted has a field which no schema of Kubernetes knows. */
export const encrypted: Plant = {
  file: 'flux/base/notifications/external-secret.yaml',
  from: /^.*$/s,
  to: `apiVersion: v1
kind: Secret
metadata:
  name: fairlead
  namespace: flux-system
stringData:
  headers: ENC[AES256_GCM,data:0m0=,iv:0m0=,tag:0m0=,type:str]
sops:
  encrypted_regex: ^(data|stringData)$
  version: 3.11.0
`,
}
