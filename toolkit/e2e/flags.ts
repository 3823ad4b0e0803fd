import { readFile, rename, writeFile } from 'node:fs/promises'
import type { Stack } from './stack.ts'

type FlagFile = { flags: Record<string, { variants: Record<string, unknown>; defaultVariant: string }> }

/** Chooses the variant of a flag, replacing the file in one step, as editors do. */
export async function setFlag({ flagsFile }: Pick<Stack, 'flagsFile'>, name: string, variant: string): Promise<void> {
  const file = JSON.parse(await readFile(flagsFile, 'utf8')) as FlagFile // flags/flags.json of this checkout
  const flag = file.flags[name]
  if (flag?.variants[variant] === undefined) throw new Error(`${flagsFile}: there is no flag ${name} with "${variant}"`)
  flag.defaultVariant = variant
  await writeFile(`${flagsFile}.new`, JSON.stringify(file, undefined, 2))
  await rename(`${flagsFile}.new`, flagsFile)
}
