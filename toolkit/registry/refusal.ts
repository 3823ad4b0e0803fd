/** Whether what crane printed means that the registry has no such repository, tag or digest. */
export const isAbsent = (stderr: string): boolean =>
  /MANIFEST_UNKNOWN|NAME_UNKNOWN|unexpected status code 404 Not Found/.test(stderr)

/** The registry's own words, and what to do about them. */
export function explainRefusal(stderr: string, registry: string): string {
  // crane prints a time before its errors, and then the request with its whole address.
  const said = stderr.trim().replace(/^Error: |^\d{4}\/\d\d\/\d\d [\d:]+ /gm, '')
  const advice = adviceOn(said, registry)
  return advice === undefined ? said : `${said}; ${advice}`
}

function adviceOn(said: string, registry: string): string | undefined {
  if (/UNAUTHORIZED|401 Unauthorized|no basic auth credentials/i.test(said))
    return `log in to ${registry}: set REGISTRY_USER and REGISTRY_PASSWORD for ./fairlead push, or run docker login ${registry}`
  if (/DENIED|403 Forbidden/i.test(said))
    return registry === 'ghcr.io'
      ? 'the job needs `packages: write`, and the package, once it exists, has to give this repository the role Write (Package settings, Manage Actions access)'
      : `the account that is logged in to ${registry} may not do this`
  if (/connection refused|no such host|i\/o timeout/i.test(said)) return `is ${registry} the right REGISTRY?`
  if (/repository .*does not exist/i.test(said)) return 'ECR has no repository until somebody creates it'
  return undefined
}
