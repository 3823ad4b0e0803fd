import { NotRun } from '../not-run.ts'
import type { Context } from '../step.ts'
import type { Stack } from './stack.ts'

/** Resolves to what was seen; throws what is wrong, or NotRun. */
export type Proof = { name: string; run(stack: Stack, signal: AbortSignal): Promise<string> }

type Word = 'passed' | 'FAILED' | 'not run'

export type Report = {
  /** Runs one proof and prints its line. */
  prove(name: string, run: () => Promise<string>): Promise<Word>
  /** Excused ones are printed last, so that nobody overlooks them. Resolves to whether all is well. */
  end(): boolean
}

export function createReport({ print }: Pick<Context, 'print'>, excuses: ReadonlyMap<string, string>): Report {
  const excused: string[] = []
  let good = true
  return {
    async prove(name, run) {
      const since = performance.now()
      const { word, detail } = await outcomeOf(run)
      const seconds = ((performance.now() - since) / 1000).toFixed(1)
      const line = `${word.padEnd(8)} ${name.padEnd(12)} ${seconds.padStart(6)} s  ${detail}`
      const excuse = word === 'not run' ? excuses.get(`e2e-${name}`) : undefined
      if (excuse) excused.push(`${line}; .ci/cannot-run: ${excuse}`)
      else print(line)
      if (word !== 'passed' && !excuse) good = false
      return word
    },
    end() {
      for (const line of excused) print(line)
      return good
    },
  }
}

async function outcomeOf(run: () => Promise<string>): Promise<{ word: Word; detail: string }> {
  try {
    return { word: 'passed', detail: await run() }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return { word: error instanceof NotRun ? 'not run' : 'FAILED', detail }
  }
}
