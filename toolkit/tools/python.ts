import { run } from '../exec.ts'
import { NotRun } from '../not-run.ts'
import type { Context } from '../step.ts'

/** Said wherever a tool has to be installed from wheels and cannot. */
export class NoPython extends NotRun {
  override name = 'NoPython'
}

const install = 'install Python 3.11 or newer with venv and pip (Debian: apt-get install python3-venv)'

// The oldest that requirements.txt was made for. `ensurepip` is what venv gets its pip from, and a package of its own in Debian.
const question = `
import platform, sys
if sys.version_info < (3, 11): sys.exit('found Python ' + platform.python_version())
import ensurepip, sysconfig, venv
print(sys.version, sys.base_prefix, sysconfig.get_platform())
`

/** Version, place and platform of the Python on PATH: another one makes another tool. */
export async function findPython({ env, signal }: Pick<Context, 'env' | 'signal'>): Promise<string> {
  const asked = await run('python3', ['-I', '-c', question], { env, signal }).catch((error: Error) => {
    throw new NoPython(install, { cause: error })
  })
  const found = asked.stderr.trim().split('\n').at(-1)
  if (asked.code !== 0) throw new NoPython(`${install}; ${found}`)
  return asked.stdout.trim()
}
