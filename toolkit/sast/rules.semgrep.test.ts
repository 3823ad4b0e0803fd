import assert from 'node:assert/strict'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { createFolder } from '../testing/folder.ts'
import { runSemgrep } from './semgrep.ts'

const checkout = join(import.meta.dirname, '../..')
const rules = join(import.meta.dirname, 'rules.yaml')

/** Code that breaks a rule, each line by itself, and code that is close to it and does not. */
type Samples = { bad: string[]; good: string[]; file?: string }

const samples: Record<string, Samples> = {
  'evaluated-code': {
    bad: ['eval(text)', 'const run = new Function(text)', 'vm.runInNewContext(text)', "setTimeout('go()', 10)"],
    good: ['evaluate(text)', 'JSON.parse(text)', 'setTimeout(go, 10)', 'const text = "eval(x)"'],
  },
  'shell-string': {
    bad: [
      // biome-ignore-start lint/suspicious/noTemplateCurlyInString: these are texts of programs
      "run('sh', ['-c', `rm -rf ${folder}`])",
      "run('/bin/bash', ['-c', 'rm -rf ' + folder], options)",
      "const script = `rm -rf ${folder}`; run('sh', ['-c', script])",
      "inNode(node, ['env', 'sh', '-c', `rm -rf ${folder}`], context)",
      "spawn('ls', [folder], { shell: true })",
      "spawn(command, { cwd, shell: '/bin/bash' })",
      "import { execSync } from 'node:child_process'",
    ],
    good: [
      "run('sh', ['-c', 'rm -rf -- \"$1\"', 'sh', folder])",
      "run('rm', ['-rf', '--', `${folder}/a`])",
      "run('psql', ['-c', `select ${number}`])",
      "spawn('ls', [folder], { shell: false })",
      "import { spawn } from 'node:child_process'",
    ],
  },
  'sql-string': {
    bad: [
      "client.query(`select * from orders where id = '${id}'`)",
      "client.query('select * from orders where id = ' + id)",
      'const text = `delete from orders where id = ${id}`; db.exec(text)',
      'db.prepare(`select ${column} from orders`)',
      'sql.unsafe(`select ${column} from orders`)',
    ],
    good: [
      "client.query('select * from orders where id = $1', [id])",
      'const rows = sql`select * from orders where id = ${id}`',
      "db.prepare('select * from orders where id = ?').get(id)",
      'client.query(`select 1`)',
      'pattern.exec(`${line}`.trim())',
    ],
  },
  'tls-unverified': {
    bad: [
      'connect({ host, rejectUnauthorized: false })',
      'options.rejectUnauthorized = false',
      'connect({ host, checkServerIdentity: () => undefined })',
      "env.NODE_TLS_REJECT_UNAUTHORIZED = '0'",
      "run('node', [], { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } })",
    ],
    good: [
      'connect({ host, rejectUnauthorized: true })',
      'connect({ host, rejectUnauthorized: !insecure })',
      'connect({ host, ca })',
    ],
  },
  'plain-http': {
    bad: ["fetch('http://example.org/hook')", "fetch('http://localhost.example.org/', { method: 'POST' })"],
    good: [
      "fetch('https://example.org/hook')",
      "fetch('http://127.0.0.1:8080/')",
      "fetch('http://localhost/')",
      'fetch(url)',
    ],
  },
  'guessable-random': {
    bad: [
      'const id = Math.random().toString(36)',
      'const token = `t-${Math.random()}`',
      'const user = { sessionKey: Math.random() * 1e9 }',
      'function createNonce() { return Math.floor(Math.random() * 1e9) }',
    ],
    good: ['const token = randomUUID()', 'await sleep(20 + Math.random() * 80)', 'const waitMs = base * Math.random()'],
  },
  'broken-hash': {
    bad: ["createHash('md5')", "crypto.createHash('SHA1')", "createHmac('sha1', key)"],
    good: ["createHash('sha256')", 'createHash(name)', "createHmac('sha512', key)"],
  },
  'compared-secret': {
    bad: [
      'if (signature === expected) accept()',
      'const ok = request.token !== config.token',
      'if (hmac === header) accept()',
    ],
    good: [
      'if (timingSafeEqual(signature, expected)) accept()',
      'if (token === undefined) refuse()',
      "if (signature === '') refuse()",
      'if (digest === wanted) accept()',
    ],
  },
  'logged-secret': {
    bad: [
      "log.info({ id, password }, 'signed in')",
      "log.warn({ token: request.token }, 'refused')",
      "logger.error('refused', config.clientSecret)",
      'console.log(`signed in with ${password}`)',
    ],
    good: ["log.info({ id, attempt }, 'signed in')", "log.warn({ tokens: 3 }, 'refused')", 'secrets.add({ password })'],
  },
  'argument-secret': {
    bad: ["run('helm', ['registry', 'login', '--password', password])", 'run(crane, [`--password=${password}`])'],
    good: ["run('docker', ['login', '--password-stdin'])", "run('helm', ['registry', 'login', '--username', user])"],
  },
  'unescaped-html': {
    bad: [
      'c.html(`<p>${name}</p>`)',
      "c.html('<p>' + name + '</p>')",
      'const page = `<p>${name}</p>`; c.html(page)',
      'raw(`<p>${name}</p>`)',
      'element.innerHTML = name',
    ],
    good: ['c.html(html`<p>${name}</p>`)', "c.html('<p>hello</p>')", 'element.textContent = name'],
  },
  'workflow-command': {
    bad: ['print(`::error file=${file}::${message}`)', "print('::set-output name=a::' + value)"],
    good: ["annotate(context, { level: 'error' }, message)", "const address = '::1'", "print(':: ' + value)"],
  },
  'workflow-file': {
    bad: ['await appendFile(env.GITHUB_OUTPUT, `a=${value}`)', 'const file = process.env.GITHUB_ENV'],
    good: ["await setOutput(context, 'a', value)", 'const sha = env.GITHUB_SHA'],
  },
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above
  'piped-download': {
    bad: ['curl -fsSL https://example.org/install.sh | sh', 'wget -qO- https://example.org/i | sudo bash'],
    good: [
      'curl -fsSL https://example.org/a.json | jq .',
      './fairlead tools | sh-free',
      'curl -o install.sh https://example.org/i',
    ],
    file: 'a.sh',
  },
}

test('each rule has samples', async () => {
  const { rules: all } = parse(await readFile(rules, 'utf8')) as { rules: { id: string }[] } // semgrep's own format
  assert.deepEqual(all.map(each => each.id).sort(), Object.keys(samples).sort())
})

test('what breaks a rule is found on its line by that rule, and what is close to it is not', async t => {
  await using folder = await createFolder()
  await symlink(join(checkout, 'third-party'), join(folder.path, 'third-party'))
  const files: string[] = []
  const expected: string[] = []
  for (const [rule, { bad, good, file = 'a.ts' }] of Object.entries(samples)) {
    await mkdir(join(folder.path, rule))
    for (const [index, text] of [...bad, ...good].entries()) {
      const path = `${rule}/${index}-${file}`
      await writeFile(join(folder.path, path), `\n${text}\n`)
      files.push(path)
      if (index < bad.length) expected.push(`${path}:2 sast/${rule}: ${text}`)
    }
  }
  const context = { root: folder.path, env: process.env, signal: t.signal, hurry: t.signal, print: () => {} }
  const findings = await runSemgrep(rules, files, context)
  const texts = new Map(
    await Promise.all(
      files.map(async each => [each, (await readFile(join(folder.path, each), 'utf8')).trim()] as const),
    ),
  )
  const found = findings.map(({ file, line, rule }) => `${file}:${line} ${rule}: ${texts.get(file)}`)
  assert.deepEqual([...new Set(found)].sort(), expected.sort())
})

test('no comment switches a rule off', async t => {
  await using folder = await createFolder()
  await symlink(join(checkout, 'third-party'), join(folder.path, 'third-party'))
  await writeFile(join(folder.path, 'a.ts'), '// nosemgrep\neval(text) // nosemgrep: evaluated-code\n')
  const context = { root: folder.path, env: process.env, signal: t.signal, hurry: t.signal, print: () => {} }
  assert.deepEqual(
    (await runSemgrep(rules, ['a.ts'], context)).map(each => [each.line, each.rule]),
    [[2, 'sast/evaluated-code']],
  )
})
