import { runBaseline } from '../../dast/baseline.ts'
import { summarise } from '../../dast/report.ts'
import { zapImage } from '../../dast.ts'
import type { Engine } from '../../engine/engine.ts'
import { pull } from '../../engine/pull.ts'
import { saveImage } from '../../image/saved.ts'
import { temporaryFolder } from '../../local/temporary-folder.ts'
import { NotRun } from '../../not-run.ts'
import { prepareDatabase } from '../../scan/database.ts'
import { openTrivy } from '../../scan/trivy.ts'
import type { Context } from '../../step.ts'
import { newestService } from './container-proofs.ts'

type Setting = { engine: Engine; context: Context }

/** Trivy's own database of today, where the scene has one of its own for all else. */
export async function proveTrivyDatabase({ context }: Setting): Promise<string> {
  await using folder = await temporaryFolder('fairlead-trivy-database-')
  const { TRIVY_DB_REPOSITORY: _, TRIVY_SKIP_DB_UPDATE: __, ...env } = context.env
  await using trivy = await openTrivy({ ...context, env: { ...env, TRIVY_CACHE_DIR: folder.path } })
  return `of ${await prepareDatabase(trivy, { env }, new Date())}`
}

/** ZAP itself, where the scene has a stand-in of its interface for all else. */
export async function proveZap({ engine, context }: Setting): Promise<string> {
  const unreachable = await pull((args, options) => engine.docker(args, options), zapImage, context.signal)
  if (unreachable !== undefined) throw new NotRun(`${zapImage} cannot be pulled: ${unreachable}`)
  await using folder = await temporaryFolder('fairlead-zap-')
  const here = { ...context, root: folder.path }
  const file = 'out/service.tar'
  await saveImage(engine, { name: await newestService(engine), file, at: new Date() }, here)
  return summarise(await runBaseline({ file }, { engine, context: here, zap: zapImage }))
}
