import { checkManifests } from './manifests/check.ts'
import { writeVerifiers } from './manifests/verifiers.ts'
import { parseOptions } from './options.ts'
import type { Step } from './step.ts'
import { conclude } from './verdict.ts'

export const manifests: Step = {
  name: 'manifests',
  summary: 'Hold flux/ and what the charts render to strict schemas.',
  help: `Usage: ./fairlead manifests [--write]

  --write  first write flux/*/verify as .github/identities.json and .github/keys say

Every folder with a kustomization.yaml is built, every shape of the charts rendered, every HelmRelease rendered with its values;
unknown fields, versions that are not served, Secrets in plain text and images without a digest are refused.`,
  async run(args, context) {
    const { values } = parseOptions(args, { write: { type: 'boolean', default: false } })
    if (values.write) for (const path of await writeVerifiers(context.root)) context.print(path)
    context.print(
      'holds flux/, helm/ and the examples in docs/ to the schemas of the pinned Kubernetes, Flux and operators',
    )
    return conclude('manifests', context, () => checkManifests(context))
  },
}
