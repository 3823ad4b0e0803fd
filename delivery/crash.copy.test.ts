import assert from 'node:assert/strict'
import { test } from 'node:test'
import { postgresLedger, sqliteLedger } from './testing/crash-ledger.ts'
import { createRandom, planKills } from './testing/crash-plan.ts'
import { type Figures, runCrashes } from './testing/crash-run.ts'

// The real process, killed again and again. `./fairlead soak --only crash` runs more of it.

const kills = Number(process.env.SOAK_KILLS || 20)
const seed = Number(process.env.SOAK_SEED || Date.now() % 1e6)
/** So many share one ledger: its end costs the time of a lease. */
const PER_LEDGER = 25

test(`no kill loses what was acknowledged (SOAK_SEED=${seed})`, { concurrency: true }, async t => {
  const stores = [
    ['sqlite', sqliteLedger, Math.ceil(kills / 2)],
    ['postgres', postgresLedger, Math.floor(kills / 2)],
  ] as const
  await Promise.all(
    stores.map(([store, open, count], index) =>
      t.test(store, async t => {
        const plan = planKills(count, createRandom(seed + index))
        const since = performance.now()
        const sum: Figures = { kills: 0, messages: 0, duplicates: 0 }
        for (let from = 0; from < plan.length; from += PER_LEDGER) {
          const print = (line: string) => say(`${store}, seed ${seed}, ledger ${from / PER_LEDGER + 1}: ${line}`)
          const figures = await runCrashes(t, await open(t), plan.slice(from, from + PER_LEDGER), print)
          for (const name of ['kills', 'messages', 'duplicates'] as const) sum[name] += figures[name]
        }
        const seconds = Math.round((performance.now() - since) / 1000)
        say(`${store}: ${sum.kills} kills, ${sum.messages} messages, ${sum.duplicates} duplicates, ${seconds} s`)
        assert.equal(sum.kills, count)
        assert.ok(sum.messages > count)
      }),
    ),
  )
})

const say = (line: string) => void process.stdout.write(`${line}\n`)
