import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { attest } from '../attest.ts'
import type { Artifact } from '../record/record.ts'
import { atDigest } from '../registry/reference.ts'
import { sign } from '../sign.ts'
import type { IdentityName } from '../signing/identities.ts'
import { type Demand, type Verified, verifyDigest } from '../signing/verify-digest.ts'
import type { Context } from '../step.ts'
import type { Run } from './oidc-issuer.ts'
import { startRegistry } from './registry.ts'
import { actionsEnv, createSigningCheckout, pushImage, recordOf, runs } from './signing-checkout.ts'

type Pushed = Artifact & { digest: string }

export type KeyScene = AsyncDisposable & {
  context: Context
  /** Whatever the steps printed. */
  lines: string[]
  /** The same with the keys' password, for --make-keys. */
  maker: Context
  /** Where all images of the scene are. */
  name: string
  /** A run of a workflow that holds the key of that identity. */
  as(run: Run, name?: IdentityName): Promise<Context>
  push(content: string): Promise<Pushed>
  at(artifact: { digest: string }): string
  /** An image, signed and attested by the steps. */
  release(content: string, run?: Run): Promise<Pushed>
  /** Whether nonprod takes it. */
  ask(nameAtDigest: string, demand?: Demand): Promise<Verified>
}

const COSIGN_PASSWORD = 's3cr3t-of-the-keys'

/** A checkout whose team signs by key, with a key pair for each identity, and a registry. */
export async function openKeyScene(): Promise<KeyScene> {
  await using stack = new AsyncDisposableStack()
  const lines: string[] = []
  const { signal } = new AbortController()
  const bare = { env: process.env, signal, hurry: signal, print: (line: string) => void lines.push(line) }
  const context = { ...bare, root: stack.use(await createSigningCheckout()).path }
  const registry = stack.use(await startRegistry(context))
  const maker = { ...context, env: { ...process.env, COSIGN_PASSWORD } }
  assert.equal(await sign.run(['--make-keys'], maker), 0, lines.join('\n'))

  const name = `${registry.host}/acme/app`
  const keyOf = (identity: IdentityName) => readFile(join(context.root, 'out/keys', identity, 'cosign.key'), 'utf8')
  const as = async (run: Run, identity: IdentityName = 'trunk') => {
    const env = { ...actionsEnv(context.root, run), COSIGN_PRIVATE_KEY: await keyOf(identity), COSIGN_PASSWORD }
    return { ...context, env }
  }
  const push = (content: string) => pushImage(context, name, content)
  const owned = stack.move()
  return {
    ...{ context, lines, maker, name, as, push },
    at: ({ digest }) => atDigest(name, digest),
    async release(content, run = runs.trunk) {
      const service = await push(content)
      await recordOf(context, { service }, run)
      for (const step of [sign, attest]) assert.equal(await step.run([], await as(run)), 0, lines.join('\n'))
      return service
    },
    ask: (nameAtDigest, demand = 'signature') =>
      verifyDigest(context, { nameAtDigest, environment: 'nonprod', demand }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
