import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../exec.ts'
import type { Context } from '../step.ts'
import { prepareTool } from '../tools/build.ts'
import { NoGo } from '../tools/go.ts'
import { pinOf } from '../tools/pins.ts'
import { askAlertmanager } from './alertmanager/ask.ts'
import { alertsOf, wrongScenes } from './alertmanager/scenes.ts'
import { type Labels, routes, scenes } from './alertmanager/table.ts'
import type { Verdict } from './parts.ts'

const config = 'prometheus/alertmanager.yml'

/** The configuration is valid, each alert of the table reaches its receiver, and a real Alertmanager silences what it should. */
export async function checkAlertmanager(context: Context): Promise<Verdict> {
  if (!existsSync(join(context.root, config))) return { word: 'skipped', detail: `there is no ${config}` }
  try {
    const amtool = await prepareTool(pinOf('amtool'), context)
    const alertmanager = await prepareTool(pinOf('alertmanager'), context)
    const wrong = await checkConfig(amtool.path, context)
    if (wrong === undefined) {
      for (const [receiver, labels] of routes) {
        const mistake = await checkRoute(amtool.path, receiver, labels, context)
        if (mistake !== undefined) return { word: 'FAILED', detail: mistake }
      }
      const told = await askAlertmanager(alertmanager.path, join(context.root, config), alertsOf(scenes), context)
      const surprises = wrongScenes(scenes, told)
      if (surprises.length > 0) return { word: 'FAILED', detail: surprises.join('; ') }
      const detail = `Alertmanager ${alertmanager.release}: ${config}, ${routes.length} routes, ${scenes.length} scenes of inhibition`
      return { word: 'passed', detail }
    }
    return { word: 'FAILED', detail: wrong }
  } catch (error) {
    if (error instanceof NoGo) return { word: 'not run', detail: `there is no amtool: ${error.message}` }
    throw error
  }
}

async function checkConfig(amtool: string, { root, env, signal }: Context): Promise<string | undefined> {
  const { code, stdout, stderr } = await run(amtool, ['check-config', config], { cwd: root, env, signal })
  return code === 0 ? undefined : `amtool check-config: ${`${stdout}${stderr}`.trim().replaceAll('\n', ' ')}`
}

async function checkRoute(amtool: string, receiver: string, labels: Labels, { root, env, signal }: Context) {
  const words = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
  const args = ['config', 'routes', 'test', `--config.file=${config}`, ...words]
  const { code, stdout, stderr } = await run(amtool, args, { cwd: root, env, signal })
  if (code === 0 && stdout.trim() === receiver) return undefined
  return `${words.join(' ')}: goes to ${stdout.trim() || stderr.trim()}, expected ${receiver}`
}
