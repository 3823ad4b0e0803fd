import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Every secret that a test uses contains this, so that a leak can be found wherever it goes. */
const marker = /s3cr3t-[\w.~%+/=-]*/g

/** Where a test's secret shows in its output or in a file that it wrote: one sentence each, the secret cut. */
export function findSecrets(output: string, folder: string): string[] {
  const files = globSync('**/*', { cwd: folder }).filter(file => statSync(join(folder, file)).isFile())
  const texts = files.map(file => ({ name: file, text: readFileSync(join(folder, file), 'utf8') }))
  return [{ name: 'output of the tests', text: output }, ...texts].flatMap(({ name, text }) => leaksIn(name, text))
}

function leaksIn(name: string, text: string): string[] {
  return text
    .split('\n')
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.search(marker) >= 0)
    .map(({ line, number }) => `${name}, line ${number}: ${line.replace(marker, '[secret]').slice(0, 300)}`)
}
