import { until } from '../e2e/until.ts'
import type { Engine } from '../engine/engine.ts'
import { ask } from '../image/images.ts'
import type { Context } from '../step.ts'

/** One request and what has to come back. */
export type Request = {
  path: string
  status: number
  method?: 'POST'
  headers?: Readonly<Record<string, string>>
  body?: unknown
}

type Answer = { status: number; text: string }

/**
 * Asks from inside the container, which has no network but its own loopback. The one program there is the image's Node; it is
 * handed the request as an argument and prints the answer as JSON.
 */
async function send(
  engine: Engine,
  container: string,
  { path, method, headers, body }: Omit<Request, 'status'>,
): Promise<Answer> {
  const init = {
    method: method ?? 'GET',
    headers: headers ?? {},
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }
  const script =
    'const [url, init] = process.argv.slice(1);' +
    'fetch(url, { ...JSON.parse(init), signal: AbortSignal.timeout(20000) })' +
    '.then(async answer => console.log(JSON.stringify({ status: answer.status, text: await answer.text() })))'
  const url = `http://127.0.0.1:8080${path}`
  const args = ['exec', container, '/nodejs/bin/node', '--eval', script, url, JSON.stringify(init)]
  return JSON.parse(await ask(engine, args)) as Answer // printed by the script above
}

export async function demand(engine: Engine, container: string, request: Request): Promise<void> {
  const { status, text } = await send(engine, container, request)
  if (status === request.status) return
  throw new Error(
    `${request.method ?? 'GET'} ${request.path}: expected ${request.status}, got ${status}: ${text.slice(0, 500)}`,
  )
}

/** A counter may be raised after the answer has gone out, so it is looked at until it says what it must. */
export async function demandLine(
  engine: Engine,
  container: string,
  line: string,
  context: Pick<Context, 'signal'>,
): Promise<void> {
  const series = line.slice(0, line.lastIndexOf(' '))
  const same = async () => {
    const { text } = await send(engine, container, { path: '/metrics' })
    return (
      text
        .split('\n')
        .filter(each => each === line || each.startsWith(`${series} `))
        .join('\n') || `no line of ${series}`
    )
  }
  await until(`/metrics is to hold \`${line}\``, same, said => said === line, { ...context, deadlineMs: 20_000 })
}
