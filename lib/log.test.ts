import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createLog } from './log.ts'

function keepLines(traceIds?: () => { trace_id: string; span_id: string } | undefined) {
  const written: string[] = []
  const { log } = createLog({
    name: 'shop',
    level: 'info',
    destination: { write: text => void written.push(text) },
    ...(traceIds && { traceIds }),
  })
  return { log, written, lines: () => written.map(text => JSON.parse(text) as Record<string, unknown>) }
}

test('a line is JSON with level, time, service, fields and msg, in this order', () => {
  const { log, written, lines } = keepLines()
  log.warn({ attempt: 3 }, 'it will be retried')
  const [line] = lines()
  assert.match(String(line?.time), /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/)
  const expected = { level: 'warn', time: line?.time, service: 'shop', attempt: 3, msg: 'it will be retried' }
  assert.deepEqual(written, [`${JSON.stringify(expected)}\n`])
})

test('lines below the level are not written', () => {
  const { log, lines } = keepLines()
  log.debug('no')
  log.info('yes')
  assert.deepEqual(
    lines().map(({ msg }) => msg),
    ['yes'],
  )
})

test('a line within a trace has its ids, and its own fields win', () => {
  const ids = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331', other: 'not taken' }
  const { log, lines } = keepLines(() => ids)
  log.info('one')
  log.child({ request_id: 'r-1' }).info({ span_id: 'mine' }, 'two')
  const [one, two] = lines()
  assert.deepEqual([one?.trace_id, one?.span_id, one?.other], [ids.trace_id, ids.span_id, undefined])
  assert.deepEqual([two?.trace_id, two?.span_id, two?.request_id], [ids.trace_id, 'mine', 'r-1'])
})

test('an error is written with its causes and codes, and without what else it carries', () => {
  const { log, written, lines } = keepLines()
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', address: '127.0.0.1' })
  const both = new AggregateError([refused, refused], 'neither address answered')
  const cause = Object.assign(new TypeError('no route to postgres://app:s3cr3t-pw@db/shop', { cause: both }), {
    parameters: ['s3cr3t-value'],
  })
  log.error({ err: new Error('the order was not stored', { cause }), token: 's3cr3t-token' }, 'failed')
  log.error(refused)
  const [line, bare] = lines()
  const stackless = (error: unknown) =>
    JSON.parse(JSON.stringify(error, (key, value) => (key === 'stack' ? typeof value : value)))
  const shownRefused = { type: 'Error', message: 'connect ECONNREFUSED', stack: 'string', code: 'ECONNREFUSED' }
  assert.deepEqual(stackless(line?.err), {
    type: 'Error',
    message: 'the order was not stored',
    stack: 'string',
    cause: {
      type: 'TypeError',
      message: 'no route to postgres://app:[redacted]@db/shop',
      stack: 'string',
      cause: {
        type: 'AggregateError',
        message: 'neither address answered',
        stack: 'string',
        errors: [shownRefused, shownRefused],
      },
    },
  })
  assert.deepEqual([stackless(bare?.err), bare?.msg], [shownRefused, 'connect ECONNREFUSED'])
  assert.equal(written.join('').includes('s3cr3t-'), false)
})

test('a circle of causes ends', () => {
  const { log, lines } = keepLines()
  const error = new Error('round')
  error.cause = error
  log.error({ err: error }, 'and round')
  assert.equal(JSON.stringify(lines()).match(/"message":"round"/g)?.length, 6)
})

const COUNT = 5000
const all = Array.from({ length: COUNT }, (_, n) => n)
/** Logged in the last turn of the event loop, without the first, which a write under way may hold. */
const ofLastTurn = all.slice(COUNT - 498)

// A write under way is in the hands of another thread: what is flushed may overtake it, and a kill may come before it.
const endings: [ending: string, code: string, isRight: (numbers: number[]) => void][] = [
  ['in order when the program ends', '', numbers => assert.deepEqual(numbers, all)],
  ['in order when it was closed', 'await close(); process.exit(0)', numbers => assert.deepEqual(numbers, all)],
  ['when it exits', 'process.exit(0)', hasEveryLine],
  ['when it crashes', 'throw new Error("crash")', hasEveryLine],
  ['when it is killed after a fatal line', 'log.fatal("last"); process.kill(process.pid, "SIGKILL")', hasLastTurn],
  ['when it is killed after a flush', 'flush(); process.kill(process.pid, "SIGKILL")', hasLastTurn],
]

function hasEveryLine(numbers: number[]) {
  assert.deepEqual(
    numbers.toSorted((a, b) => a - b),
    all,
  )
}

function hasLastTurn(numbers: number[]) {
  const found = new Set(numbers)
  assert.deepEqual(
    ofLastTurn.filter(n => !found.has(n)),
    [],
  )
}

for (const [ending, code, isRight] of endings) {
  test(`the lines are all on stdout ${ending}`, async () => {
    const program = `
      import { createLog } from './lib/log.ts'
      const { log, flush, close } = createLog({ name: 'shop', level: 'info' })
      for (let n = 0; n < ${COUNT}; n++) {
        log.info({ n }, 'line')
        if (n % 500 === 0) await new Promise(resolve => setImmediate(resolve))
      }
      ${code}`
    const lines = (await run(program))
      .trimEnd()
      .split('\n')
      .map(text => JSON.parse(text) as { n?: number })
    isRight(lines.flatMap(({ n }) => n ?? []))
  })
}

/** What a program prints, however it ends. */
function run(program: string): Promise<string> {
  const options = { cwd: new URL('..', import.meta.url), maxBuffer: 64 * 1024 * 1024 }
  return new Promise(resolve => {
    execFile(process.execPath, ['--input-type=module', '-e', program], options, (_error, stdout, stderr) => {
      const folder = process.env.TEST_OUTPUT_DIR
      if (folder) appendFileSync(join(folder, `log-${process.pid}.log`), stdout + stderr)
      resolve(stdout)
    })
  })
}
