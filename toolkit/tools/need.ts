import { NotRun } from '../not-run.ts'
import type { Context } from '../step.ts'
import { type Built, prepareTool } from './build.ts'
import { NoGo } from './go.ts'
import { prepareWheels } from './install.ts'
import type { Pin } from './pin.ts'
import { pins } from './pins.ts'
import { type WheelPin, wheelPins } from './wheels.ts'

export type AnyPin = Pin | WheelPin

export const allPins: readonly AnyPin[] = [...pins, ...wheelPins]

/** The tool, made first where it is missing. Throws NotRun, with what does not work without it, where it cannot be made. */
export async function need(name: string, context: Context): Promise<Built> {
  const pin = allPins.find(each => each.name === name)
  if (!pin) throw new Error(`third-party/ pins no ${name}`)
  try {
    return await ('package' in pin ? prepareTool(pin, context) : prepareWheels(pin, context))
  } catch (error) {
    if (!(error instanceof NoGo || error instanceof NotRun)) throw error
    throw new NotRun(`${name}: ${error.message}. Without it: ${pin.without}`, { cause: error })
  }
}
