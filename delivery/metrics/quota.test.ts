import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { startDelivery, until } from '../testing/delivery.ts'
import { answer, startSinkServer } from '../testing/sink-server.ts'

const secrets = { USER_KEY: 's3cr3t-user-key-0006', APP_TOKEN: 's3cr3t-app-token-0006' }
const limits = { 'x-limit-app-limit': '10000', 'x-limit-app-remaining': '7', 'x-limit-app-reset': '1798761600' }

/** A delivery plane with two destinations of Pushover, `a` with a quota in its answers and `b` without. */
async function start(t: TestContext) {
  const [a, b] = [await startSinkServer(t), await startSinkServer(t)]
  a.behave(answer(200, '{"status":1}', limits))
  b.behave(answer(200, '{"status":1}'))
  const destination = (name: string, url: string) =>
    `  ${name}: { type: pushover, userKey: { env: USER_KEY }, token: { env: APP_TOKEN }, url: '${url}', allowAddresses: [127.0.0.0/8] }\n`
  const both = `destinations:\n${destination('a', a.url)}${destination('b', b.url)}`
  const started = await startDelivery(t, { file: both, env: secrets })
  await started.post()
  await until(started.metrics, text => (text.match(/result="delivered"/g) ?? []).length === 2)
  const quota = async () => (await started.metrics()).match(/^fairlead_pushover_quota_.*$/gm)
  return { ...started, quota, onlyB: `destinations:\n${destination('b', b.url)}` }
}

test('what Pushover says of the quota is shown by destination, until a reload takes the destination out', async t => {
  const { quota, reload, onlyB } = await start(t)
  assert.deepEqual(await quota(), [
    'fairlead_pushover_quota_limit{destination="a"} 10000',
    'fairlead_pushover_quota_remaining{destination="a"} 7',
  ])
  await reload(onlyB)
  assert.equal(await quota(), null)
})
