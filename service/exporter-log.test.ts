import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exporterLog } from './exporter-log.ts'
import { keepLog } from './testing/tracing.ts'

test('complaints are logged at most once a minute, with the number of those in between', () => {
  const { log, lines } = keepLog()
  let now = 0
  const exporter = exporterLog(log, () => now)
  const complain = (at: number) => {
    now = at
    exporter.error(`at ${at}`)
  }
  for (const at of [0, 1, 59_999, 60_000, 60_001, 200_000, 260_000]) complain(at)
  assert.deepEqual(
    lines.map(({ level, detail, suppressed }) => [level, detail, suppressed]),
    [
      ['warn', 'at 0', undefined],
      ['warn', 'at 60000', 2],
      ['warn', 'at 200000', 1],
      ['warn', 'at 260000', undefined],
    ],
  )
})

test('a long complaint is cut', () => {
  const { log, lines } = keepLog()
  exporterLog(log).warn('x'.repeat(10_000))
  assert.equal(String(lines[0]?.detail).length, 500)
})
