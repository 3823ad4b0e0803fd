import type { Exit, Options } from '../exec.ts'
import type { Context } from '../step.ts'
import { type Wanted, wantedImages } from './images.ts'
import { NoEngine } from './no-engine.ts'
import { findProgram } from './programs.ts'
import { pull } from './pull.ts'
import { makeStandIn } from './stand-in.ts'
import { standIns as all } from './stand-ins/all.ts'

type Docker = (args: string[], options?: Pick<Options, 'output' | 'signal'>) => Promise<Exit>
type Asked = { images: readonly string[]; optional: readonly string[] }
type Prepared = { variables: NodeJS.ProcessEnv; standIns: string[]; absent: string[] }

/** Sees to it that the engine has the images: the real ones where it can, else stand-ins, each of which is told. */
export async function prepareImages(docker: Docker, { images, optional }: Asked, context: Context): Promise<Prepared> {
  const wanted = await wantedImages(context.root)
  const prepared: Prepared = { variables: {}, standIns: [], absent: [] }
  for (const variable of [...images, ...optional]) {
    if (context.env[variable]) continue // the person has chosen one
    const image = wanted.find(each => each.variable === variable)
    if (!image) throw new Error(`${variable}: Dockerfile and docker-compose.yml name no such image`)
    const unreachable = await pull((args, options) => docker(args, options), image.reference, context.signal)
    if (unreachable === undefined) continue
    const name = await replace(docker, image, unreachable, context).catch((error: Error) => {
      if (!(error instanceof NoEngine) || !optional.includes(variable)) throw error
      prepared.absent.push(variable)
      context.print(error.message)
    })
    if (name === undefined) continue
    prepared.variables[variable] = name
    const what = all.find(each => each.variable === variable)?.what
    prepared.standIns.push(`${image.tag} is a stand-in (${what}), because it cannot be pulled: ${unreachable}`)
    context.print(prepared.standIns.at(-1) ?? '')
  }
  return prepared
}

async function replace(docker: Docker, image: Wanted, unreachable: string, context: Context): Promise<string> {
  const standIn = all.find(each => each.variable === image.variable)
  const cannot = `${image.tag} cannot be pulled (${unreachable})`
  if (!standIn) throw new NoEngine(`${cannot}, and there is nothing to put in its place`)
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0
  if (!isRoot || !(await findProgram('mmdebstrap', context.env)))
    throw new NoEngine(`${cannot}, and a stand-in needs root on Debian with mmdebstrap (apt-get install mmdebstrap)`)
  return makeStandIn(args => docker(args), standIn, image, context)
}
