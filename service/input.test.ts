import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Hono } from 'hono'
import * as v from 'valibot'
import { BadInput, parseBody, parseQuery, pathParameter } from './input.ts'

const Thing = v.strictObject({
  name: v.pipe(v.string('expected a text'), v.minLength(2, 'too short')),
  'a/b': v.optional(v.string()),
})

/** Answers what was parsed, or what BadInput holds. */
const app = new Hono()
  .post('/things', async c => c.json(await parseBody(c, Thing)))
  .get('/things', c => c.json(parseQuery(c, Thing)))
  .get('/things/:id', c => c.json({ id: pathParameter(c, 'id', v.pipe(v.string(), v.digits())) ?? null }))
  .onError((error, c) => {
    if (!(error instanceof BadInput)) throw error
    return c.json({ title: error.message, ...error.extra }, error.status)
  })
const post = async (body: string, type = 'application/json') => {
  const answer = await app.request('/things', { method: 'POST', body, headers: { 'content-type': type } })
  return { status: answer.status, body: await answer.json() }
}
const broken = (...errors: { pointer: string; detail: string }[]) => ({
  status: 422,
  body: { title: 'the input breaks a rule', errors },
})

test('a body that keeps the rules is parsed', async () => {
  assert.deepEqual(await post('{"name":"ok"}', 'Application/JSON; charset=utf-8'), {
    status: 200,
    body: { name: 'ok' },
  })
})

test('every broken rule has its pointer, escaped as RFC 6901 has it', async () => {
  assert.deepEqual(await post('{"name":1,"a/b":2}'), {
    ...broken(
      { pointer: '#/name', detail: 'expected a text' },
      { pointer: '#/a~1b', detail: 'Invalid type: Expected string but received 2' },
    ),
  })
})

test('a missing key is required and a further one unknown', async () => {
  assert.deepEqual(await post('{}'), broken({ pointer: '#/name', detail: 'required' }))
  assert.deepEqual(await post('{"name":"ok","more":1}'), broken({ pointer: '#/more', detail: 'unknown' }))
})

test('a body that is no object, no JSON or no declared JSON is refused', async () => {
  assert.equal((await post('[]')).status, 422)
  assert.equal((await post('null')).status, 422)
  assert.deepEqual(await post('{'), { status: 400, body: { title: 'the body is not JSON' } })
  assert.equal((await post('')).status, 400)
  assert.deepEqual(await post('{}', 'text/plain'), {
    status: 415,
    body: { title: 'expected content-type application/json' },
  })
})

test('query parameters have the same rules', async () => {
  assert.deepEqual(await (await app.request('/things?name=ok')).json(), { name: 'ok' })
  assert.equal((await app.request('/things?name=x')).status, 422)
})

test('a path parameter that breaks its rule is undefined, so that it can be a 404', async () => {
  assert.deepEqual(await (await app.request('/things/12')).json(), { id: '12' })
  assert.deepEqual(await (await app.request('/things/x')).json(), { id: null })
})
