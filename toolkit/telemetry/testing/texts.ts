import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { listFiles } from '../../tree/list-files.ts'
import { type Expression, findExpressions, mayHoldExpressions } from '../expressions.ts'

const root = join(import.meta.dirname, '../../..')

/** Every query of this tree. */
export async function expressionsOfTree(): Promise<Expression[]> {
  const files = (await listFiles(root)).filter(mayHoldExpressions)
  const texts = files.map(async file => [file, await readFile(join(root, file), 'utf8')] as const)
  return findExpressions(new Map(await Promise.all(texts)))
}
