import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { nearest } from '../lib/nearest.ts'

const modes = ['success', 'failure', 'delay', 'random'] as const
export type Mode = (typeof modes)[number]

export type EndpointOptions = {
  mode: Mode
  delayMs: number
  random: () => number
  print: (line: string) => void
}

const SHOWN_BYTES = 2000

/** Takes whatever is posted and answers as its mode says, for people who try things out. Not for anything else. */
export function createTestEndpoint({ mode, delayMs, random, print }: EndpointOptions) {
  return createServer(async (request, response) => {
    // A probe, which asks whether we are there: nothing to show, and no mode to try out.
    if (request.method === 'GET' || request.method === 'HEAD') return answer(response, 200)
    const body = await bodyOf(request)
    const status = await statusOf(mode, delayMs, random)
    print(`${new Date().toISOString()} ${request.method} ${request.url} ${idOf(request)}→ ${status}\n${body}`)
    answer(response, status)
  })
}

async function statusOf(mode: Mode, delayMs: number, random: () => number): Promise<number> {
  if (mode === 'delay') await delay(delayMs)
  if (mode === 'random') await delay(random() * delayMs)
  if (mode === 'failure') return 500
  return mode === 'random' && random() < 0.5 ? 503 : 200
}

function answer(response: ServerResponse, status: number) {
  // Pushover wants `status` 1, Slack wants `ok`; the others look at the code.
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(status === 200 ? '{"status":1,"ok":true}' : '{}')
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let shown = ''
  for await (const chunk of request.setEncoding('utf8')) if (shown.length < SHOWN_BYTES) shown += chunk
  return shown.slice(0, SHOWN_BYTES)
}

const idOf = ({ headers }: IncomingMessage) => (headers['webhook-id'] ? `${headers['webhook-id']} ` : '')

export class WrongOption extends Error {
  override name = 'WrongOption'
}

/** `--mode`, `--delay-ms`, `--host` and `--port` of the command line. */
export function parseEndpoint(args: string[]): { mode: Mode; delayMs: number; host: string; port: number } {
  const values = parse(args)
  const mode = modes.find(each => each === values.mode)
  if (mode === undefined) {
    const right = nearest(values.mode, modes)
    const hint = right ? `; did you mean ${right}?` : ''
    throw new WrongOption(`--mode: expected ${modes.join(', ')}, got ${JSON.stringify(values.mode)}${hint}`)
  }
  return {
    mode,
    delayMs: number('--delay-ms', values['delay-ms'], 600_000),
    host: values.host,
    port: number('--port', values.port, 65_535),
  }
}

function parse(args: string[]) {
  const text = (value: string) => ({ type: 'string', default: value }) as const
  const options = { mode: text('success'), 'delay-ms': text('2000'), host: text('127.0.0.1'), port: text('9090') }
  try {
    return parseArgs({ args, options, strict: true }).values
  } catch (cause) {
    throw new WrongOption(cause instanceof Error ? (cause.message.split('. ')[0] ?? '') : String(cause), { cause })
  }
}

function number(option: string, text: string, max: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) <= max) return Number(text)
  throw new WrongOption(`${option}: expected a whole number from 0 to ${max}, got ${JSON.stringify(text)}`)
}
