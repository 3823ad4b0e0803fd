import * as v from 'valibot'
import type { Client } from './request.ts'

const Pull = v.object({
  number: v.number(),
  title: v.string(),
  body: v.optional(v.nullable(v.string())),
  html_url: v.string(),
  updated_at: v.string(),
  head: v.object({ ref: v.string(), sha: v.string(), repo: v.nullable(v.object({ full_name: v.string() })) }),
  base: v.object({ ref: v.string() }),
  labels: v.array(v.object({ name: v.string() })),
})

export type Pull = {
  number: number
  title: string
  body: string
  url: string
  /** owner/name that the branch is in; another than ours for a fork, empty when that was deleted. */
  headRepository: string
  headBranch: string
  headSha: string
  baseBranch: string
  labels: string[]
  updatedAt: string
}

export type PullText = { title: string; body: string }

export type Pulls = {
  /** Open ones, the newest first. */
  listPulls(): Promise<Pull[]>
  openPull(text: PullText & { head: string; base: string }): Promise<Pull>
  updatePull(number: number, text: PullText): Promise<Pull>
  closePull(number: number): Promise<void>
  commentPull(number: number, body: string): Promise<void>
}

const WRITE = 'pull-requests: write'

export function createPulls(client: Client, repository: string): Pulls {
  const path = `/repos/${repository}/pulls`
  return {
    async listPulls() {
      return (await client.list(`${path}?state=open&sort=created&direction=desc`, 'pull-requests: read', Pull)).map(
        pullOf,
      )
    },
    async openPull({ title, body, head, base }) {
      const question = { method: 'POST', path, needs: WRITE, body: { title, body, head, base } } as const
      return pullOf(await client.send(question, Pull))
    },
    async updatePull(number, { title, body }) {
      const question = { method: 'PATCH', path: `${path}/${number}`, needs: WRITE, body: { title, body } } as const
      return pullOf(await client.send(question, Pull))
    },
    async closePull(number) {
      const question = { method: 'PATCH', path: `${path}/${number}`, needs: WRITE, body: { state: 'closed' } } as const
      await client.send(question, Pull)
    },
    async commentPull(number, body) {
      const issue = `/repos/${repository}/issues/${number}/comments`
      await client.send({ method: 'POST', path: issue, needs: WRITE, body: { body } }, v.unknown())
    },
  }
}

const pullOf = (pull: v.InferOutput<typeof Pull>): Pull => ({
  number: pull.number,
  title: pull.title,
  body: pull.body ?? '',
  url: pull.html_url,
  headRepository: pull.head.repo?.full_name ?? '',
  headBranch: pull.head.ref,
  headSha: pull.head.sha,
  baseBranch: pull.base.ref,
  labels: pull.labels.map(label => label.name),
  updatedAt: pull.updated_at,
})
