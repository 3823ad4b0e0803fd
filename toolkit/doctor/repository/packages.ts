import type { GithubApi } from '../../github-api.ts'
import { type Finding, finding } from './finding.ts'

/** Whether workflows of this repository may push: a package lets in the repository that it belongs to. */
export async function comparePackages(
  paths: readonly string[],
  owner: 'User' | 'Organization',
  api: Pick<GithubApi, 'readPackage' | 'repository'>,
): Promise<Finding> {
  const differences: string[] = []
  const unseen: string[] = []
  for (const path of paths) {
    const found = await api.readPackage(owner, path)
    const belongsTo = found?.repository?.full_name ?? 'nobody'
    if (found === undefined) unseen.push(path)
    else if (belongsTo.toLowerCase() !== api.repository.toLowerCase())
      differences.push(`${path} belongs to ${belongsTo}`)
  }
  const why = `${unseen.join(', ')}: not pushed yet, or not to be seen without packages: read; look again after the first push`
  return finding(differences, [unseen.length > 0 ? why : undefined])
}
