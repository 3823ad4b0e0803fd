import assert from 'node:assert/strict'
import { test } from 'node:test'
import { statementsOf } from './migration-apply.ts'

const cuts: [what: string, sql: string, statements: string[]][] = [
  ['nothing', ' \n-- a comment; with an end\n/* and; another */ ;', []],
  ['no end at the last one', 'select 1; select 2', ['select 1', 'select 2']],
  ['a string', `select 'a;''b;'; select 2;`, [`select 'a;''b;'`, 'select 2']],
  ['a backslash that ends a string', `select 'a\\'; select 2;`, [`select 'a\\'`, 'select 2']],
  ['a backslash in an escape string', `select E'a\\';b'; select 2;`, [`select E'a\\';b'`, 'select 2']],
  ['a quoted name', 'select 1 as "a;b"; select 2;', ['select 1 as "a;b"', 'select 2']],
  ['dollar quotes', 'do $$ begin; end; $$; select 2;', ['do $$ begin; end; $$', 'select 2']],
  ['dollar quotes with a tag', 'do $a$ x; $$; $a$; select 2;', ['do $a$ x; $$; $a$', 'select 2']],
  ['a comment in a string', `select '--;'; select 2;`, [`select '--;'`, 'select 2']],
  ['a quote in a comment', `select 1 -- it's\n; select 2;`, ['select 1', 'select 2']],
  ['a parameter', 'prepare p as select $1; select 2;', ['prepare p as select $1', 'select 2']],
]
for (const [what, sql, statements] of cuts) {
  test(`statements are cut right around: ${what}`, () => assert.deepEqual(statementsOf(sql), statements))
}
