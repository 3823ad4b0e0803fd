import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { testContainer } from '../../container-test/run.ts'
import { runBaseline } from '../../dast/baseline.ts'
import { summarise } from '../../dast/report.ts'
import type { Engine } from '../../engine/engine.ts'
import { ask } from '../../image/images.ts'
import { saveImage } from '../../image/saved.ts'
import { temporaryFolder } from '../../local/temporary-folder.ts'
import type { Context } from '../../step.ts'
import { commitImage } from '../../testing/commit-image.ts'
import { buildZapStandIn } from '../../testing/zap-image.ts'

type Setting = { engine: Engine; context: Context }

/** A server in the image's own Node whose answers are `answer`; SIGTERM ends it with `code`. */
const server = (answer: string, code = 0) =>
  `require('node:http').createServer((q, r) => { ${answer} }).listen(8080); process.on('SIGTERM', () => process.exit(${code}))`
const likeOurs = "r.statusCode = q.url === '/nothing-here' ? 404 : 200;"
const line = 'http_requests_total{handler="/",method="GET",status="200"} 2'

const broken: [what: string, script: string, sentence: RegExp][] = [
  ['one that ends at once', 'process.exit(3)', /it is exited/],
  [
    'a first page that fails',
    server("r.statusCode = q.url === '/livez' ? 200 : 500; r.end()"),
    /GET \/: expected 200, got 500/,
  ],
  ['one without metrics', server(`${likeOurs} r.end()`), /is to hold `http_requests_total.* last seen: .*no line of/],
  [
    'one that ends badly',
    server(`${likeOurs} r.end(${JSON.stringify(line)})`, 7),
    /SIGTERM ended it with 7, expected 0/,
  ],
]

/** What container-test promises to refuse, it refuses, on images made of the one that passed. */
export async function proveContainerTest({ engine, context }: Setting): Promise<string> {
  await using folder = await temporaryFolder('fairlead-broken-')
  const here = { ...context, root: folder.path }
  const base = await newestService(engine)
  for (const [what, script, sentence] of broken) {
    const change = `CMD ${JSON.stringify(['--eval', script])}`
    await commitImage(engine, base, 'fairlead-broken:local', { change })
    const file = 'out/broken.tar'
    const { id } = await saveImage(engine, { name: 'fairlead-broken:local', file, at: new Date() }, here)
    const said = await testContainer('service', { file, id }, { engine, context: here }).catch(String)
    if (!sentence.test(said)) throw new Error(`${what}: expected ${sentence}, got ${said}`)
  }
  return `refused: ${broken.map(([what]) => what).join(', ')}`
}

/** DAST runs against the container, and keeps its reports; ZAP is a stand-in here that asks one question. */
export async function proveDast({ engine, context }: Setting): Promise<string> {
  await using folder = await temporaryFolder('fairlead-dast-')
  const here = { ...context, root: folder.path }
  const zap = await buildZapStandIn(engine, engine.env.NODE_IMAGE ?? (await newestService(engine)))
  const file = 'out/service.tar'
  await saveImage(engine, { name: await newestService(engine), file, at: new Date() }, here)
  const findings = await runBaseline({ file }, { engine, context: here, zap })
  if (!findings.some(({ name }) => name === 'Status 200'))
    throw new Error(`the service did not answer ZAP: ${summarise(findings)}`)
  for (const name of ['zap.json', 'zap.html']) await readFile(join(folder.path, 'out', name))
  return `${summarise(findings)} of a stand-in for ZAP; out/zap.html and out/zap.json are kept`
}

/** As ./fairlead build has named it. */
export async function newestService(engine: Engine): Promise<string> {
  const names = await ask(engine, ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', 'built-service'])
  const [name] = names.split('\n')
  if (!name) throw new Error('there is no image built-service; ./fairlead build makes it')
  return name
}
