import { registerHooks } from 'node:module'

/** GitHub's parser. It imports its schemas as JSON without saying that they are JSON, as bundlers allow and Node does not. */
export async function loadParser() {
  const hooks = registerHooks({
    resolve: (specifier, context, next) => {
      const resolved = next(specifier, context)
      const isSchema = /\/@actions\/workflow-parser\/.*\.json$/.test(resolved.url)
      return isSchema ? { ...resolved, importAttributes: { type: 'json' } } : resolved
    },
  })
  try {
    const [workflows, actions] = await Promise.all([
      import('@actions/workflow-parser'),
      import('@actions/workflow-parser/actions/index'),
    ])
    return { ...workflows, ...actions }
  } finally {
    hooks.deregister()
  }
}
