import { existsSync } from 'node:fs'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Fault } from './fault.ts'
import { type Looked, lookAtKustomizations, type Tools } from './look.ts'
import { encrypted, mistakes, type Plant } from './mistakes.ts'

/** Each planted mistake that was not refused, or refused for another reason, or found at no line where there is one. */
export async function missedMistakes(tools: Tools, scratch: string): Promise<Looked> {
  const file = 'toolkit/manifests/mistakes.ts'
  const faults: Looked['faults'] = []
  // A fork may have taken a part of flux/ out.
  const possible = mistakes.filter(mistake => existsSync(join(tools.checkout, mistake.file)))
  for (const [index, mistake] of possible.entries()) {
    const { what, said, line } = mistake
    const found = await findFaults(mistake, tools, join(scratch, `mistake-${index}`))
    const seen = found.find(fault => said.test(fault.message))
    const all = found.map(each => each.message).join('; ') || 'nothing was said'
    if (!seen) faults.push({ file, message: `${what} is not refused: ${all}` })
    else if (line && (seen.line === undefined || seen.file !== mistake.file))
      faults.push({
        file,
        message: `${what} is not found where it is, ${mistake.file}, but at ${seen.file}:${seen.line}`,
      })
  }
  if (existsSync(join(tools.checkout, encrypted.file)))
    for (const { message } of await findFaults(encrypted, tools, join(scratch, 'encrypted')))
      faults.push({ file, message: `a Secret that SOPS encrypted is refused: ${message}` })
  return { what: `${possible.length} planted mistakes refused`, faults }
}

async function findFaults({ file, from, to }: Plant, tools: Tools, copy: string): Promise<Fault[]> {
  await cp(join(tools.checkout, 'flux'), join(copy, 'flux'), { recursive: true })
  const text = await readFile(join(copy, file), 'utf8')
  const changed = text.replace(from, to)
  if (changed === text)
    throw new Error(`toolkit/manifests/mistakes.ts: nothing of ${file} was changed; look at it again`)
  await writeFile(join(copy, file), changed)
  return (await lookAtKustomizations(copy, tools, { of: file })).faults
}
