import assert from 'node:assert/strict'
import { test } from 'node:test'
import { secretsIn, trivyEnvironment } from './environment.ts'

const secrets = {
  GITHUB_TOKEN: 's3cr3t-1',
  REGISTRY_PASSWORD: 's3cr3t-2',
  COSIGN_PRIVATE_KEY: 's3cr3t-3',
  COSIGN_PASSWORD: 's3cr3t-4',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 's3cr3t-5',
  AWS_SECRET_ACCESS_KEY: 's3cr3t-6',
  SLACK_WEBHOOK_URL: 's3cr3t-7',
  PROMOTE_TOKEN: 's3cr3t-8',
}

test('Trivy gets a way to its registry, a home of its own, and nothing else', () => {
  const env = {
    PATH: '/bin',
    HTTPS_PROXY: 'http://proxy',
    no_proxy: 'a',
    HOME: '/home/somebody',
    TRIVY_SEVERITY: 'LOW',
    ...secrets,
  }
  assert.deepEqual(trivyEnvironment({ ...env, DOCKER_CONFIG: '/logins' }, '/empty'), {
    PATH: '/bin',
    HTTPS_PROXY: 'http://proxy',
    no_proxy: 'a',
    HOME: '/empty',
    DOCKER_CONFIG: '/empty',
  })
})

test('secrets of a job are named, and never shown', () => {
  assert.deepEqual(secretsIn(secrets), Object.keys(secrets).sort())
  const harmless = {
    PATH: '/bin',
    GITHUB_ACTIONS: 'true',
    GITHUB_SHA: 'abc',
    AWS_REGION: 'eu-west-1',
    REGISTRY_USER: 'me',
    ACTIONS_RUNTIME_TOKEN: 's3cr3t-9',
  }
  assert.deepEqual(secretsIn(harmless), [])
})
