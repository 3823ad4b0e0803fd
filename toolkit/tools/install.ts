import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../exec.ts'
import type { Context } from '../step.ts'
import { type Built, makeAttempt, toolCache } from './build.ts'
import { link } from './link.ts'
import { findPython } from './python.ts'
import { readRequirements, type WheelPin } from './wheels.ts'

/**
 * Installs a tool from its wheels unless the cache has it, and links it into .bin. An environment of Python knows its own path
 * and cannot be renamed: it gets a path of its own, and a link in the cache leads there once it is whole.
 */
export async function prepareWheels(pin: WheelPin, context: Context): Promise<Built> {
  const requirements = join(context.root, 'third-party', pin.name, 'requirements.txt')
  const text = await readFile(requirements, 'utf8')
  const release = readRequirements(text, pin.name)
  const python = await findPython(context)
  const key = createHash('sha256')
    .update(JSON.stringify([python, text]))
    .digest('hex')
  const cache = toolCache(context.env)
  const home = join(cache, `${pin.name}-${key.slice(0, 16)}`)
  const path = join(home, 'bin', pin.name)
  const wasThere = existsSync(path)
  if (!wasThere) await install({ name: pin.name, release, requirements, cache, home }, context)
  await link(path, join(context.root, '.bin', pin.name))
  return { path, release, wasThere }
}

type Plan = { name: string; release: string; requirements: string; cache: string; home: string }

async function install({ name, release, requirements, cache, home }: Plan, context: Context): Promise<void> {
  const since = performance.now()
  const attempt = await makeAttempt(cache, name)
  let whole = false
  try {
    context.print(`${name} ${release}: installed from wheels; the first time it may take a minute`)
    const python = join(attempt, 'bin/python')
    // No package may run a program of its own while it is installed, and none may come that is not in the list.
    const wheels = ['--require-hashes', '--no-deps', '--only-binary', ':all:', '--requirement', requirements]
    for (const [program, args] of [
      ['python3', ['-I', '-m', 'venv', attempt]],
      [python, ['-I', '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', ...wheels]],
    ] as const) {
      const { code, stdout, stderr } = await run(program, args, { env: context.env, signal: context.signal })
      context.signal.throwIfAborted()
      if (code !== 0) throw new Error(`${name} cannot be installed; ${lastLines(`${stdout}${stderr}`)}`)
    }
    whole = !existsSync(join(home, 'bin', name)) // or else somebody was faster with the same tool
    if (whole) await link(attempt, home)
    context.print(`${name} ${release}: installed in ${Math.round((performance.now() - since) / 1000)} s`)
  } finally {
    if (!whole) await rm(attempt, { recursive: true, force: true })
  }
}

const lastLines = (output: string) => output.trim().split('\n').slice(-10).join('\n')
