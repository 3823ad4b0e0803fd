import { parseOptions } from './options.ts'
import { makeKeys } from './signing/make-keys.ts'
import { signRecord } from './signing/sign-record.ts'
import { foresee } from './signing/signer.ts'
import { type Step, UsageError } from './step.ts'
import { conclude } from './verdict.ts'

export const sign: Step = {
  name: 'sign',
  summary: 'Sign what was pushed, by its digest.',
  help: `Usage: ./fairlead sign
       ./fairlead sign --check | --make-keys

  --check      only say how images will be signed here, before anything is built
  --make-keys  make a key pair for each identity, for those who cannot use the public Sigstore, and say where they go

Signs every image and chart of the build record, and only the digests that were pushed and scanned.
  public repository on github.com   keyless: as the workflow that runs; needs \`id-token: write\` and nothing else
  .github/keys has public keys      by key: COSIGN_PRIVATE_KEY (PEM) and COSIGN_PASSWORD, from secrets
  a Sigstore of your own            SIGSTORE_SIGNING_CONFIG and SIGSTORE_TRUSTED_ROOT, paths of its two files
  SIGNING=keyless, key or off       overrides
Anywhere else it is skipped with a sentence that says what to set.`,
  async run(args, context) {
    const { values } = parseOptions(args, {
      check: { type: 'boolean', default: false },
      'make-keys': { type: 'boolean', default: false },
    })
    if (values.check && values['make-keys']) throw new UsageError('--check or --make-keys, not both')
    return conclude('sign', context, () => {
      if (values.check) return foresee(context)
      return values['make-keys'] ? makeKeys(context) : signRecord(context)
    })
  },
}
