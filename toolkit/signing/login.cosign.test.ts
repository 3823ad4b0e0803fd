import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { withLogin } from '../registry/login.ts'
import { atDigest } from '../registry/reference.ts'
import { openKeyScene } from '../testing/key-scene.ts'
import { registryLogin, startRegistry } from '../testing/registry.ts'
import { pushImage, runs } from '../testing/signing-checkout.ts'
import { signDigest } from './sign-digest.ts'
import { verifyDigest } from './verify-digest.ts'

const scene = await openKeyScene()
after(() => scene[Symbol.asyncDispose]())

test('a registry that wants a password is signed in and asked with what docker login left, and refuses without', async () => {
  await using registry = await startRegistry(scene.context, { login: true })
  const name = `${registry.host}/acme/app`
  const signer = await scene.as(runs.trunk)
  // Without RUNNER_TEMP the login lasts as long as the work.
  const { RUNNER_TEMP: _, ...env } = signer.env
  const login = { REGISTRY_USER: registryLogin.user, REGISTRY_PASSWORD: registryLogin.password }
  const outside = { ...signer, env: { ...env, DOCKER_CONFIG: '/nonexistent' } }
  const question = (digest: string) =>
    ({ nameAtDigest: atDigest(name, digest), environment: 'nonprod', demand: 'signature' }) as const

  const digest = await withLogin({ ...outside, env: { ...outside.env, ...login } }, name, async inside => {
    const { digest } = await pushImage(inside, name, 'behind a login')
    await assert.rejects(
      signDigest(outside, atDigest(name, digest)),
      /the registry refuses us; log in with docker login/,
    )
    await signDigest(inside, atDigest(name, digest))
    assert.equal((await verifyDigest(inside, question(digest))).as, 'trunk')
    return digest
  })
  await assert.rejects(verifyDigest(outside, question(digest)), /the registry refuses us/)
  assert.doesNotMatch(scene.lines.join('\n'), /s3cr3t-/)
})
