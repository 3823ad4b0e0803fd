import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRenamer, nameMistake, repositoryMistake, spellingsOf, templateName } from './rename.ts'

const taken = new Set(['fairlead', 'hono'])
const rule = 'expected 2 to 40 of a-z, 0-9 and -, starting with a letter and not ending in -'
const refused = (name: string) => `--name: ${rule}, got "${name}"`
const already = (name: string) => `--name: "${name}" already means something here; choose another`

const names: [name: string, mistake: string | undefined][] = [
  ['shop-api', undefined],
  ['a1', undefined],
  ['a--1', undefined],
  [`a${'1'.repeat(39)}`, undefined],
  [`a${'1'.repeat(40)}`, refused(`a${'1'.repeat(40)}`)],
  ['a', refused('a')],
  ['', refused('')],
  ['1a', refused('1a')],
  ['-a', refused('-a')],
  ['a-', refused('a-')],
  ['Shop', refused('Shop')],
  ['shop_api', refused('shop_api')],
  ['shop.api', refused('shop.api')],
  ['shop\napi', refused('shop\napi')],
  ['shop-api\n', refused('shop-api\n')],
  ['fairlead', already('fairlead')],
  ['hono', already('hono')],
  ['kube-api', already('kube-api')],
  [templateName, `--name: "${templateName}" is the name it has now`],
]

for (const [name, mistake] of names) {
  test(`the name ${JSON.stringify(name)} is ${mistake ? 'refused' : 'allowed'}`, () => {
    assert.equal(nameMistake(name, taken), mistake)
  })
}

for (const repository of ['acme/shop-api', 'A1/x', 'a-b/.github', 'a/b.c_d']) {
  test(`the repository ${repository} is allowed`, () => assert.equal(repositoryMistake(repository), undefined))
}

for (const repository of [
  'shop-api',
  '/x',
  'a/',
  'a/b/c',
  'a/..',
  'a b/c',
  '-a/b',
  'https://github.com/a/b',
  'a_b/c',
]) {
  test(`the repository ${repository} is refused`, () => {
    const mistake = `--repository: expected owner/name, such as acme/shop-api, got "${repository}"`
    assert.equal(repositoryMistake(repository), mistake)
  })
}

const spellings: [name: string, all: string[]][] = [
  ['shop-api', ['shop-api', 'shop_api', 'ShopApi', 'shopApi', 'SHOP_API', 'Shop Api']],
  ['a1-2b--c', ['a1-2b--c', 'a1_2b__c', 'A12bC', 'a12bC', 'A1_2B__C', 'A1 2b C']],
  ['x1', ['x1', 'x1', 'X1', 'x1', 'X1', 'X1']],
]

for (const [name, all] of spellings) {
  test(`the spellings of ${name}`, () => assert.deepEqual(spellingsOf(name), all))
}

test('every spelling of the template is replaced by the same spelling', () => {
  const before = spellingsOf(templateName).join('|')
  assert.equal(createRenamer('shop-api')(before), spellingsOf('shop-api').join('|'))
})

test('the greeting stays', () => {
  const [first, second] = templateName.split('-')
  assert.equal(createRenamer('shop-api')(`${first} ${second}`), `${first} ${second}`)
})

test('a new name that contains the old one is not renamed twice', () => {
  assert.equal(createRenamer(`${templateName}-2`)(`x-${templateName}`), `x-${templateName}-2`)
})

test('the repository is replaced as a whole, and in lower case where it names an image', () => {
  const rename = createRenamer('shop-api', 'Big-Shop/Backend')
  assert.equal(rename(`https://github.com/acme/${templateName}/issues`), 'https://github.com/Big-Shop/Backend/issues')
  assert.equal(rename(`ghcr.io/acme/${templateName}@sha256`), 'ghcr.io/big-shop/backend@sha256')
})

test('without a repository the placeholder keeps its owner', () => {
  assert.equal(createRenamer('shop-api')(`acme/${templateName}`), 'acme/shop-api')
})
