import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { readImages, wantedImages } from './images.ts'
import { nameOf } from './stand-in.ts'
import { standIns } from './stand-ins/all.ts'

const digest = `sha256:${'a'.repeat(64)}`

test('images are what is pinned by digest behind a variable', () => {
  const text = `ARG NODE_IMAGE=node:24@${digest}
ARG REVISION=unknown
FROM \${NODE_IMAGE} AS build
    image: \${POSTGRES_IMAGE:-postgres:18@${digest}}
    image: \${SERVICE_IMAGE:-hello-world:local}
`
  assert.deepEqual(readImages(text), [
    { variable: 'NODE_IMAGE', reference: `node:24@${digest}`, tag: 'node:24' },
    { variable: 'POSTGRES_IMAGE', reference: `postgres:18@${digest}`, tag: 'postgres:18' },
  ])
})

test('every stand-in is for an image that the files name, and all but Grafana have one', async () => {
  const wanted = (await wantedImages(join(import.meta.dirname, '../..'))).map(({ variable }) => variable)
  const made = standIns.map(({ variable }) => variable)
  assert.deepEqual(
    wanted.filter(variable => !made.includes(variable)),
    ['GRAFANA_IMAGE'],
  )
  assert.deepEqual(
    made.filter(variable => !wanted.includes(variable)),
    [],
  )
})

test('the name of a stand-in cannot be pulled, and shows the tag', () => {
  const tag = 'gcr.io/distroless/nodejs24-debian12:nonroot'
  assert.equal(
    nameOf({ variable: 'RUNTIME_IMAGE', reference: tag, tag }),
    'localhost/stand-in/nodejs24-debian12:nonroot',
  )
})
