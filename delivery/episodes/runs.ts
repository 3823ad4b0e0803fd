import type { NewMessage } from '../outbox/outbox.ts'
import { textKey } from './normalise.ts'
import { cut, type EpisodeState, keptOf, type Run } from './state.ts'
import { type Arrival, clockTime, type EpisodeSettings, episodeDecision, messageOf, type Step, span } from './step.ts'

/** A run ends after this many first windows of silence; the next one is news again. */
const QUIET_WINDOWS = 6
const LONGEST_WINDOW_MS = 24 * 3_600_000
/** A text that the run has not had is told this soon, but only the first few: some texts never repeat. */
const NEWS_MS = 30_000
const TEXTS = 3
/** One object with more runs than this at once is told message by message. */
const RUNS = 32

/** The first of its reason, severity and revision is told; what repeats it is folded and told at the end of a window. */
export function foldIntoRun(state: EpisodeState, arrival: Arrival, now: number, settings: EpisodeSettings): Step {
  const found = state.runs.find(run => isSame(run, arrival) && !isOver(run, now, settings))
  if (found === undefined) return tellFirst(state, arrival, now, settings)
  const run = continued(found, arrival, now)
  const runs = state.runs.map(each => (each === found ? run : each))
  const untold = arrival.destinations.filter(name => !run.destinations.includes(name))
  if (untold.length > 0) return tellOthers({ ...state, runs }, run, arrival, untold)
  const because = `folded into ${run.id}: seen ${run.seen} times since ${clockTime(run.firstAt)}; told again at ${clockTime(run.until)}`
  const record = messageOf(keptOf(arrival.event), {
    ...own(arrival),
    destinations: [],
    decisions: [...arrival.decisions, episodeDecision(because)],
  })
  return { state: { ...state, runs }, messages: [record], id: arrival.id, fate: 'folded' }
}

function tellFirst(state: EpisodeState, arrival: Arrival, now: number, settings: EpisodeSettings): Step {
  const others = state.runs.filter(run => !isSame(run, arrival))
  const runs = settings.windowMs > 0 && others.length < RUNS ? [...others, newRun(arrival, now, settings)] : others
  const message = messageOf(arrival.event, { ...own(arrival), destinations: arrival.destinations })
  const fate = arrival.destinations.length > 0 ? 'told' : 'unmatched'
  return { state: { ...state, runs }, messages: [message], id: arrival.id, fate }
}

/** The rules now name destinations that were not told of this run, after a reload for example. */
function tellOthers(state: EpisodeState, run: Run, arrival: Arrival, untold: readonly string[]): Step {
  const because = `repeats ${run.id}, which these were not told`
  const message = messageOf(arrival.event, {
    ...own(arrival),
    destinations: untold,
    decisions: [...arrival.decisions, episodeDecision(because, untold)],
  })
  const told = { ...run, destinations: [...run.destinations, ...untold] }
  const runs = state.runs.map(each => (each === run ? told : each))
  return { state: { ...state, runs }, messages: [message], id: arrival.id, fate: 'told' }
}

const own = ({ id, decisions, once }: Arrival) => ({ id, decisions, ...(once && { once }) })

const newRun = ({ event, id, destinations }: Arrival, now: number, { windowMs }: EpisodeSettings): Run => ({
  id,
  texts: [textKey(event.text)],
  news: [],
  destinations: [...destinations],
  firstAt: now,
  lastAt: now,
  seen: 1,
  folded: 0,
  until: now + windowMs,
  lengthMs: windowMs,
  last: keptOf(event),
})

function continued(run: Run, { event }: Arrival, now: number): Run {
  const key = textKey(event.text)
  const isNews = !run.texts.includes(key) && run.texts.length < TEXTS
  const idle = run.folded === 0 && now >= run.until
  const lengthMs = idle ? longer(run.lengthMs) : run.lengthMs
  const until = idle ? now + lengthMs : run.until
  return {
    ...run,
    texts: isNews ? [...run.texts, key] : run.texts,
    news: isNews ? [...run.news, cut(event.text, 300)] : run.news,
    seen: run.seen + 1,
    folded: run.folded + 1,
    lastAt: now,
    lengthMs,
    until: isNews ? Math.min(until, now + NEWS_MS) : until,
    last: keptOf(event),
  }
}

const longer = (ms: number) => Math.min(2 * ms, LONGEST_WINDOW_MS)

const isSame = ({ last }: Run, { event }: Arrival) =>
  last.reason === event.reason && last.severity === event.severity && last.revision === event.revision

const endOfQuiet = (run: Run, { windowMs }: EpisodeSettings) =>
  Math.max(run.until, run.lastAt + QUIET_WINDOWS * windowMs)

const isOver = (run: Run, now: number, settings: EpisodeSettings) =>
  run.folded === 0 && now >= endOfQuiet(run, settings)

export const runDueAt = (run: Run, settings: EpisodeSettings) =>
  run.folded > 0 ? run.until : endOfQuiet(run, settings)

/** The run after its deadline: summed up, or gone (undefined). `id` is for the message, if there is one. */
export function closeWindow(
  run: Run,
  id: () => string,
  now: number,
  settings: EpisodeSettings,
): { run: Run | undefined; message?: NewMessage } {
  if (isOver(run, now, settings)) return { run: undefined }
  if (run.folded === 0 || now < run.until) return { run }
  const lengthMs = longer(run.lengthMs)
  const next = { ...run, folded: 0, news: [], lengthMs, until: now + lengthMs }
  return run.destinations.length === 0 ? { run: next } : { run: next, message: summary(run, id()) }
}

function summary(run: Run, id: string): NewMessage {
  const { last, seen, firstAt, lastAt, destinations } = run
  const others = run.news.filter(text => !last.text.startsWith(text.replace(/…$/, '')))
  const lines = [
    `Seen ${seen} times in ${span(lastAt - firstAt)}, the last time:`,
    last.text,
    ...others.map(text => `Also: ${text}`),
  ]
  return messageOf(last, {
    id,
    title: `${last.title} ×${seen}`,
    text: lines.join('\n'),
    count: seen,
    destinations,
    decisions: [episodeDecision(`sums up ${run.folded} repeats of ${run.id}`, destinations)],
    // Two replicas may both find the window at its end.
    once: { key: `summary/${run.id}/${seen}`, forMs: 3_600_000 },
  })
}
