import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A block of YAML in a guide that shows whole objects of Kubernetes, and the line it begins at. */
export type Example = { file: string; line: number; text: string }

export async function findExamples(root: string): Promise<Example[]> {
  const files = globSync('docs/**/*.md', { cwd: root }).sort()
  return (await Promise.all(files.map(async file => examplesIn(file, await readFile(join(root, file), 'utf8'))))).flat()
}

export function examplesIn(file: string, markdown: string): Example[] {
  return [...markdown.matchAll(/^```yaml\n(apiVersion: .*?)^```$/gms)].map(({ 1: text = '', index }) => ({
    file,
    line: markdown.slice(0, index).split('\n').length + 1,
    text,
  }))
}
