import { parseOptions } from './options.ts'
import { attestRecord } from './signing/attest-record.ts'
import type { Step } from './step.ts'
import { conclude } from './verdict.ts'

export const attest: Step = {
  name: 'attest',
  summary: 'Attach to each digest, signed, how it was built (SLSA provenance) and what is in it (SBOM).',
  help: `Usage: ./fairlead attest

Provenance names the workflow and its run, the commit, and the digests of the base images; the SBOM is the one that
./fairlead sbom wrote. Both are signed as ./fairlead sign signs, by the same settings.`,
  async run(args, context) {
    parseOptions(args, {})
    return conclude('attest', context, () => attestRecord(context))
  },
}
