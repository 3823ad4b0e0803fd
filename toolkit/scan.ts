import { isActions } from './github.ts'
import { parseOptions } from './options.ts'
import { readRecord } from './record/record.ts'
import { secretsIn } from './scan/environment.ts'
import { look } from './scan/look.ts'
import { vexFile } from './scan/vex.ts'
import type { Context, Step } from './step.ts'
import { conclude } from './verdict.ts'

export const scan: Step = {
  name: 'scan',
  summary: 'Look for known vulnerabilities in the lockfile and in each image of the build record.',
  help: `Usage: ./fairlead scan [--files]

  --files   the files of the tree only; needs no build record

Findings that are HIGH or CRITICAL fail, unless ${vexFile} accepts them with a reason and an end.
The images are those that ./fairlead build saved, so nothing here needs a login: in GitHub Actions, a job that holds a
secret is refused.

  TRIVY_DB_REPOSITORY        where Trivy's database comes from; default Trivy's own places
  TRIVY_CACHE_DIR            where it is kept; default fairlead/trivy below XDG_CACHE_HOME
  TRIVY_SKIP_DB_UPDATE=true  take the one that is there, where there is no network`,
  run(args, context) {
    const { values } = parseOptions(args, { files: { type: 'boolean', default: false } })
    return conclude('scan', context, async () => {
      refuseSecrets(context)
      const record = values.files ? undefined : await readRecord(context)
      const images = Object.entries(record?.artifacts ?? {}).filter(([, { kind }]) => kind === 'image')
      const what = ['the files', ...images.map(([target, { file }]) => `the image ${target} (${file})`)]
      context.print(`scan: asks Trivy what is known to be vulnerable in ${what.join(', ')}`)
      return look(record, context)
    })
  },
}

function refuseSecrets({ env }: Context): void {
  const secrets = isActions(env) ? secretsIn(env) : []
  if (secrets.length > 0)
    throw new Error(`this job holds ${secrets.join(', ')}; a scanner gets no secrets: take them out of its env`)
}
