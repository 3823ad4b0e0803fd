import type { Environment } from '../../github-api/settings.ts'
import type { DeclaredEnvironment } from './declared.ts'
import { differs, type Finding, finding } from './finding.ts'

export function compareEnvironment(
  name: string,
  wanted: DeclaredEnvironment,
  found: readonly Environment[],
  isPrivate: boolean,
): Finding {
  const there = found.find(each => each.name === name)
  if (there === undefined) return finding(['it does not exist; a workflow would make it, with no protection at all'])
  const few = there.reviewers < wanted.reviewers
  const plan = isPrivate ? ' (private repositories have reviewers on paid plans only)' : ''
  return finding([
    few ? `${there.reviewers} required reviewers, wanted ${wanted.reviewers} at least${plan}` : undefined,
    wanted.prevent_self_review && !there.preventsSelfReview ? 'who starts a deployment may approve it' : undefined,
    ...compareRefs(wanted, there.policies),
  ])
}

function compareRefs(
  { branches, tags }: DeclaredEnvironment,
  policies: Environment['policies'],
): (string | undefined)[] {
  if (branches === undefined && tags === undefined) return []
  if (policies === undefined) return ['any branch and tag may deploy']
  if (policies === 'protected branches')
    return ['any protected branch may deploy, and no tag; select branches and tags']
  const named = (type: 'branch' | 'tag') =>
    policies
      .filter(each => each.type === type)
      .map(each => each.name)
      .sort()
  return [
    differs('what may deploy among branches', branches?.toSorted() ?? [], named('branch')),
    differs('what may deploy among tags', tags?.toSorted() ?? [], named('tag')),
  ]
}
