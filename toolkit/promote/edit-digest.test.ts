import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode, editDigest, isPlaceholder } from './edit-digest.ts'

const old = `sha256:${'a1'.repeat(32)}`
const other = `sha256:${'c3'.repeat(32)}`
const next = `sha256:${'b2'.repeat(32)}`
const key = 'spec.values.image.digest'

const release = (digest: string) => `# the release\nspec:\n  values:\n    image:\n      digest: ${digest}\n`

const awkward: Record<string, string> = {
  plain: release(old),
  'a comment on the line': release(`${old} # moved by a pull request, not by hand`),
  'the old digest in a comment above': `# was ${old}\n${release(old)}`,
  'the same digest under another key': `${release(old)}status:\n  digest: ${old}\n`,
  'single quotes': release(`'${old}'`),
  'double quotes': release(`"${old}"`),
  'an anchor': `${release(`&digest ${old}`)}copy: *digest\n`,
  'an anchor and a tag': release(`&digest !!str ${old}`),
  'windows line ends': release(old).replaceAll('\n', '\r\n'),
  'no newline at the end': release(old).trimEnd(),
  'a byte order mark': `\uFEFF${release(old)}`,
  'a folded block': release(`>-\n        ${old}`),
  'a literal block with a comment': release(`|- # why\n        ${old}`),
  'the line below': release(`\n        ${old}`),
  braces: `spec: {values: {image: {repository: x, digest: ${old}, tag: ""}}}\n`,
  'a JSON file': `{"spec":{"values":{"image":{"digest":"${old}"}}}}`,
  'a quoted key': release(old).replace('digest:', '"digest" :'),
  'several documents': `---\nkind: Namespace\n---\n${release(old)}...\n---\nkind: ConfigMap\ndata: {digest: ${other}}\n`,
  'emoji and tabs before it': `name: "🚢\\t"\n${release(old)}`,
  'odd indentation and trailing spaces': `spec:   \n values:\n    image:\n       digest:    ${old}   \n`,
}

for (const [what, text] of Object.entries(awkward)) {
  test(`one digest changes and nothing else: ${what}`, () => {
    const at = text.lastIndexOf(old, text.includes('status:') ? text.indexOf('status:') : undefined)
    const edit = editDigest(text, key, next)
    assert.equal(edit.from, old)
    assert.equal(edit.text, text.slice(0, at) + next + text.slice(at + old.length))
  })
}

test('a promotion there and back leaves the bytes as they were', () => {
  for (const text of Object.values(awkward))
    assert.equal(editDigest(editDigest(text, key, next).text, key, old).text, text)
})

const refused: [what: string, text: string, message: RegExp][] = [
  ['the key is missing', 'spec:\n  values: {}\n', /there is no spec\.values\.image\.digest/],
  ['nothing in the file', '', /there is no/],
  ['only comments', `# ${old}\n`, /there is no/],
  ['the parent is a list', `spec:\n  values:\n    - image: {digest: ${old}}\n`, /there is no/],
  ['in two documents', `${release(old)}---\n${release(old)}`, /is there 2 times/],
  ['twice in one mapping', `${release(old)}      digest: ${old}\n`, /not valid YAML: Map keys must be unique/],
  ['an alias', `x: &d ${old}\n${release('*d')}`, /digest is an alias \(\*d\): write the digest itself/],
  ['an alias on the way', `x: &i {digest: ${old}}\nspec:\n  values:\n    image: *i\n`, /image is an alias/],
  ['a tag instead', release('v1.2.3'), /is "v1\.2\.3", and expected is a digest/],
  ['a digest and more', release(`${old}0`), /expected is a digest written out/],
  ['two in one text', release(`|-\n        ${old}\n        ${old}`), /expected is a digest/],
  ['spelled with escapes', release(`"\\x73ha256:${'a1'.repeat(32)}"`), /expected is a digest written out/],
  ['a number', release('5'), /is no text/],
  ['nothing', release(''), /is no text/],
  ['broken YAML', 'spec: [', /not valid YAML/],
]

for (const [what, text, message] of refused) {
  test(`refused: ${what}`, () => assert.throws(() => editDigest(text, key, next), message))
}

for (const digest of [
  '',
  'sha256:',
  next.toUpperCase(),
  `${next}0`,
  next.slice(0, -1),
  `x${next}`,
  `${next}\n`,
  'latest',
]) {
  test(`refused as a new digest: ${JSON.stringify(digest)}`, () =>
    assert.throws(() => editDigest(release(old), key, digest), /expected a digest as sha256:<64 hex digits>/))
}

test('a file in another encoding is refused, because its bytes would not come back', () => {
  const latin1 = Buffer.from('name: caf\xe9\n', 'latin1')
  assert.throws(() => decode(latin1), /not UTF-8/)
  assert.equal(decode(Buffer.from('name: café\n')), 'name: café\n')
})

test('sixty-four zeros stand for nothing yet', () => {
  assert.ok(isPlaceholder(`sha256:${'0'.repeat(64)}`))
  assert.ok(!isPlaceholder(`sha256:${'0'.repeat(63)}1`))
})
