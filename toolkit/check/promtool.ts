import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../exec.ts'
import type { Context } from '../step.ts'
import { prepareTool } from '../tools/build.ts'
import { NoGo } from '../tools/go.ts'
import type { Pin } from '../tools/pin.ts'
import { pins } from '../tools/pins.ts'
import type { Verdict } from './parts.ts'

const promtool = pins.find(pin => pin.name === 'promtool') as Pin // it is in the list

/** Rules parse and do what their tests say, and so do the queries of the runbooks as far as parsing goes. */
export async function checkPromtool(context: Context): Promise<Verdict> {
  const { root: cwd, env, signal } = context
  const find = (pattern: string) => globSync(`monitoring/${pattern}`, { cwd }).sort()
  const rules = find('rules/*.yaml')
  const tests = find('tests/*.yaml')
  if (rules.length === 0) return { word: 'skipped', detail: 'monitoring/rules has no file' }
  const queries = (await Promise.all(find('runbooks/*.md').map(file => readQueries(join(cwd, file))))).flat()
  try {
    const { path, release } = await prepareTool(promtool, context)
    const calls = [
      ['check', 'rules', '--lint=all', '--lint-fatal', ...rules],
      ['test', 'rules', ...tests],
      ...queries.map(query => ['--experimental', 'promql', 'format', query]),
    ]
    for (const args of calls) {
      const { code, stdout, stderr } = await run(path, args, { cwd, env, signal })
      if (code === 0) continue
      context.print(`promtool ${args.join(' ')}\n${stdout}${stderr}`.trimEnd())
      return { word: 'FAILED', detail: 'see above' }
    }
    const detail = `promtool ${release}: ${[...rules, ...tests].join(', ')}; ${queries.length} queries of runbooks`
    return { word: 'passed', detail }
  } catch (error) {
    if (error instanceof NoGo) return { word: 'not run', detail: `there is no promtool: ${error.message}` }
    throw error
  }
}

async function readQueries(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8')
  return [...text.matchAll(/^```promql\n(.*?)\n```$/gms)].map(([, query = '']) => query)
}
