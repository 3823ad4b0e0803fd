import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../exec.ts'
import { type AnyPin, allPins } from '../tools/need.ts'
import { readGoMod } from '../tools/pins.ts'
import { readRequirements } from '../tools/wheels.ts'
import type { Tool } from './tools.ts'

/** What third-party/ pins: the version that is named there, and the one that the program in .bin/ says of itself. */
export const pinnedTools = (root: string): Promise<Tool[]> => Promise.all(allPins.map(pin => toolOf(pin, root)))

async function toolOf(pin: AnyPin, root: string): Promise<Tool> {
  const wanted = await wantedRelease(pin, join(root, 'third-party'))
  const path = join(root, '.bin', pin.name)
  return {
    name: pin.name,
    wanted: pin.asks ? wanted : 'built',
    exact: true,
    async find({ env, signal }) {
      if (!existsSync(path)) return undefined
      if (!pin.asks) return 'built'
      const { code, stdout, stderr } = await run(path, pin.asks, { cwd: root, env, signal })
      const said = /\d+\.\d+\.\d+/.exec(stdout || stderr)?.[0] // amtool and others use standard error
      if (code !== 0 || said === undefined) throw new Error(`one that does not tell its version (exit ${code})`)
      return said
    },
    without: `${pin.without} \`./fairlead tools ${pin.name}\` ${'package' in pin ? 'builds' : 'installs'} it.`,
  }
}

async function wantedRelease(pin: AnyPin, folder: string): Promise<string> {
  if (!('package' in pin))
    return readRequirements(await readFile(join(folder, pin.name, 'requirements.txt'), 'utf8'), pin.name)
  return pin.release(readGoMod(await readFile(join(folder, pin.folder, 'go.mod'), 'utf8'), pin))
}
