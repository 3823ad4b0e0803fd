import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { until } from '../e2e/until.ts'
import { start } from '../exec.ts'
import { freePort } from '../local/port.ts'
import { temporaryFolder } from '../local/temporary-folder.ts'
import type { Context } from '../step.ts'
import { prepareTool } from '../tools/build.ts'
import { pinOf } from '../tools/pins.ts'
import { type Run, startOidcIssuer } from './oidc-issuer.ts'

export type Sigstore = AsyncDisposable & {
  /** Of the tokens, for .github/identities.json. */
  issuer: string
  /** What a run of that workflow finds in its environment, where this is its Sigstore. */
  env(run: Run): NodeJS.ProcessEnv
}

/**
 * A Sigstore of one's own on loopback: the real Fulcio, with a certificate authority that lives as long as it does, and an issuer
 * of tokens in GitHub's shape. It has no log of certificates (CT), no log of signatures (Rekor) and no authority of time stamps.
 */
export async function startSigstore(context: Context): Promise<Sigstore> {
  const { path } = await prepareTool(pinOf('fulcio'), context)
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(await temporaryFolder('fairlead-sigstore-'))
  const issuer = stack.use(await startOidcIssuer())
  const file = (name: string) => join(folder.path, name)
  const config = {
    'oidc-issuers': { [issuer.url]: { 'issuer-url': issuer.url, 'client-id': 'sigstore', type: 'github-workflow' } },
  }
  await writeFile(file('fulcio.yaml'), stringify(config))
  const url = `http://127.0.0.1:${await freePort()}`
  const options = {
    ...{
      'config-path': file('fulcio.yaml'),
      ca: 'ephemeralca',
      'ct-log-url': '',
      host: '127.0.0.1',
      port: new URL(url).port,
    },
    ...{ 'grpc-host': '127.0.0.1', 'grpc-port': String(await freePort()), 'metrics-port': String(await freePort()) },
    'legacy-unix-domain-socket': file('fulcio.sock'),
  }
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`)
  const fulcio = await start(path, ['serve', ...args], { endWithUs: 'SIGTERM' })
  stack.defer(async () => {
    fulcio.kill('SIGKILL')
    await fulcio.exited
  })
  const chain = await until(
    'fulcio',
    () => readChain(url),
    () => true,
    { signal: context.signal, deadlineMs: 60_000 },
  )
  await writeFile(file('trusted-root.json'), JSON.stringify(trustedRoot(url, chain)))
  await writeFile(file('signing-config.json'), JSON.stringify(signingConfig(url)))
  const owned = stack.move()
  return {
    issuer: issuer.url,
    env: run => ({
      ...issuer.tokenEnv(run),
      SIGSTORE_SIGNING_CONFIG: file('signing-config.json'),
      SIGSTORE_TRUSTED_ROOT: file('trusted-root.json'),
    }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function readChain(url: string): Promise<string[]> {
  const answer = await fetch(`${url}/api/v2/trustBundle`)
  const { chains }: { chains: { certificates: string[] }[] } = JSON.parse(await answer.text()) // Fulcio's own format
  return chains[0]?.certificates ?? []
}

const always = { start: '2020-01-01T00:00:00Z' }

// Both in the form of https://github.com/sigstore/protobuf-specs, sigstore_trustroot.proto.
const trustedRoot = (uri: string, chain: readonly string[]) => ({
  mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  certificateAuthorities: [
    {
      subject: { organization: 'test', commonName: 'test' },
      uri,
      certChain: { certificates: chain.map(pem => ({ rawBytes: pem.replace(/-----[^-]+-----|\s/g, '') })) },
      validFor: always,
    },
  ],
})

const signingConfig = (url: string) => ({
  mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
  caUrls: [{ url, majorApiVersion: 1, validFor: always, operator: 'test' }],
})
