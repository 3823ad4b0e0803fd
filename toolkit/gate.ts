import { findRelease } from './gate/find-release.ts'
import { openGate } from './gate/open-gate.ts'
import { parseOptions } from './options.ts'
import { withLogin } from './registry/login.ts'
import { registryBase } from './registry/reference.ts'
import type { Step } from './step.ts'
import { conclude } from './verdict.ts'

export const gate: Step = {
  name: 'gate',
  summary:
    'Write the tags, and let promotion run, for digests of which everything is shown; say what is missing otherwise.',
  help: [
    'Usage: ./fairlead gate [--from-registry]',
    '',
    '  --from-registry  for release/<version>: finds the digests that main has tagged sha-<commit>, verifies them again, and',
    '                   adds the version; nothing is built',
    '',
    'An image needs a container test, an SBOM and a scan of its id, and a push, a signature, an attested provenance, an',
    'attested SBOM and a verification of its digest; a chart all of them that a chart can have. Tags are written when',
    'nothing is missing of anything. sha-<commit>, <version> and image-<digest> never move.',
    'In GitHub Actions: outputs allowed (true, or absent), digest (of service) and digests (JSON).',
  ].join('\n'),
  async run(args, context) {
    const { values } = parseOptions(args, { 'from-registry': { type: 'boolean', default: false } })
    return conclude('gate', context, () =>
      withLogin(context, registryBase(context.env), async context => {
        if (values['from-registry']) await findRelease(context)
        return openGate(context)
      }),
    )
  },
}
