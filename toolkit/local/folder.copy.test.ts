import assert from 'node:assert/strict'
import { chmod, chown, mkdir, readdir, rm } from 'node:fs/promises'
import { test } from 'node:test'
import { createCheckout } from '../testing/checkout.ts'
import { launch, ready, stop } from '../testing/launcher.ts'
import { hashOf } from './lock.ts'

const isRoot = process.getuid?.() === 0
const PORT = '0'

test('a checkout closed to the database user keeps its data in /var/tmp', {
  skip: !isRoot && 'only root has another user',
}, async () => {
  await using checkout = await createCheckout()
  await chmod(checkout.path, 0o700)
  const fallback = `/var/tmp/hello-world-${hashOf(checkout.path)}`
  try {
    for (const _ of ['first', 'second']) {
      await using launched = launch(checkout.path, ['start'], { PORT })
      await launched.says(ready)
      assert.ok(launched.output().includes(`data in ${fallback}/postgres\n`), launched.output())
      assert.ok(launched.output().includes(`psql "$(cat ${fallback}/database-url)"`))
      assert.equal(await stop(launched), 0)
    }
  } finally {
    await rm(fallback, { recursive: true, force: true })
  }
})

test('a read-only checkout keeps its data in /var/tmp', { skip: isRoot && 'root writes anywhere' }, async () => {
  await using checkout = await createCheckout()
  await chmod(checkout.path, 0o555)
  const fallback = `/var/tmp/hello-world-${hashOf(checkout.path)}`
  try {
    await using launched = launch(checkout.path, ['start'], { PORT })
    await launched.says(ready)
    assert.ok(launched.output().includes(`data in ${fallback}/postgres\n`), launched.output())
    assert.equal(await stop(launched), 0)
  } finally {
    await rm(fallback, { recursive: true, force: true })
    await chmod(checkout.path, 0o755)
  }
})

test('a folder of somebody else in /var/tmp is not used', { skip: !isRoot && 'only root can make one' }, async () => {
  await using checkout = await createCheckout()
  await chmod(checkout.path, 0o700)
  const fallback = `/var/tmp/hello-world-${hashOf(checkout.path)}`
  await mkdir(fallback)
  await chown(fallback, 1, 1)
  try {
    await using launched = launch(checkout.path, ['start'], { PORT })
    assert.equal(await launched.ended, 1)
    assert.equal(
      launched.output(),
      `fairlead: ${fallback} belongs to another user (uid 1), so we cannot keep data there; have it removed\n`,
    )
    assert.deepEqual(await readdir(fallback), [])
  } finally {
    await rm(fallback, { recursive: true })
  }
})
