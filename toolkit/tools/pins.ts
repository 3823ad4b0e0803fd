import type { Pin } from './pin.ts'
import { clusterPins } from './pins/cluster.ts'
import { manifestPins } from './pins/manifests.ts'
import { pipelinePins } from './pins/pipeline.ts'
import { stackPins } from './pins/stack.ts'

/** Every program that third-party/ pins as a Go module. */
export const pins: readonly Pin[] = [...stackPins, ...manifestPins, ...clusterPins, ...pipelinePins]

export function pinOf(name: string): Pin {
  const pin = pins.find(each => each.name === name)
  if (!pin) throw new Error(`third-party/ pins no ${name}`)
  return pin
}

/** The version of the module that a go.mod requires for a program; its package has to be a `tool` there. */
export function readGoMod(text: string, pin: Pick<Pin, 'package' | 'module'>): string {
  const words = text.split('\n').map(line => line.trim().split(/\s+/))
  const hasTool = pin.package.startsWith('.') || words.some(line => line.at(line[0] === 'tool' ? 1 : 0) === pin.package)
  const required = words.map(line => (line[0] === 'require' ? line.slice(1) : line))
  const version = required.find(([path, version]) => path === pin.module && version?.startsWith('v'))?.[1]
  if (!hasTool || version === undefined)
    throw new Error(`go.mod: expected \`tool ${pin.package}\`, and a \`require\` line of ${pin.module}`)
  return version
}
