import type { FlagValue } from './answer.ts'
import type { Ask } from './ask.ts'
import type { FlagContext } from './known.ts'
import { createSnapshot } from './snapshot.ts'

/** A plain value unless the answer depends on the request; only then is `context` called. The promise never rejects. */
export type DeclaredFlag<T extends FlagValue> = (context: () => FlagContext) => T | Promise<T>

/** Flags that a feature brings along, instead of a line in known.ts: they go when the feature goes. */
export function createDeclared(ask: Ask, noRequest: FlagContext) {
  const snapshots: { refresh(): void; close(): void }[] = []
  return {
    declare<T extends FlagValue>(flag: string, otherwise: T): DeclaredFlag<T> {
      const snapshot = createSnapshot<string, T>(
        () => [flag],
        name => ask(name, otherwise, noRequest),
        () => {},
      )
      snapshots.push(snapshot)

      async function askFor(context: FlagContext): Promise<T> {
        const answer = await ask(flag, otherwise, context)
        if (answer.kind === 'fixed' || answer.kind === 'targeted') return answer.value
        return answer.kind === 'default' ? otherwise : lastKnown()
      }

      function lastKnown(): T {
        const known = snapshot.get(flag)
        return known === undefined || known.kind === 'default' ? otherwise : known.value
      }

      return context => (snapshot.get(flag)?.kind === 'targeted' ? askFor(context()) : lastKnown())
    },
    refresh() {
      for (const snapshot of snapshots) snapshot.refresh()
    },
    close() {
      for (const snapshot of snapshots) snapshot.close()
    },
  }
}
