import { chmod, chown, copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { run } from '../../exec.ts'
import type { Context } from '../../step.ts'
import { prepareTool } from '../../tools/build.ts'
import { pinOf } from '../../tools/pins.ts'

/** Packages without what nobody reads in a container. */
const slim = ['man', 'locale', 'doc', 'info'].map(folder => `--dpkgopt=path-exclude=/usr/share/${folder}/*`)

/** Unpacks Debian's packages, of the release that this machine runs, into a folder; nothing of them runs with `extract`. */
export async function unpackDebian(
  into: string,
  { variant, packages }: { variant: 'minbase' | 'extract'; packages: string[] },
  context: Context,
): Promise<void> {
  const { root: cwd, env, signal } = context
  const call = async (command: string, args: string[]) => {
    const { code, stdout, stderr } = await run(command, args, { cwd, env, signal })
    if (code !== 0) throw new Error(`${command} ended with ${code}: ${stderr.trim().split('\n').slice(-3).join('; ')}`)
    return stdout
  }
  const release = /^VERSION_CODENAME=(\w+)$/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1] ?? 'stable'
  const format = 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)'
  const sources = await call('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'])
  const chosen = [`--variant=${variant}`, `--include=${packages.join(',')}`, ...slim]
  const lines = [...new Set(sources.split('\n'))].filter(Boolean).sort()
  await call('mmdebstrap', ['--quiet', '--format=directory', ...chosen, release, into, ...lines])
}

/** The program of a pin, copied to a path in the folder. */
export async function addTool(name: string, into: string, path: string, context: Context): Promise<void> {
  const { path: built } = await prepareTool(pinOf(name), context)
  await addFile(built, into, path)
}

export async function addFile(from: string, into: string, path: string): Promise<void> {
  await mkdir(dirname(join(into, path)), { recursive: true })
  await copyFile(from, join(into, path))
  await chmod(join(into, path), 0o755)
}

/** What every image without a distribution needs: users, certificates, a place for temporary files. */
export async function addBase(into: string): Promise<void> {
  await mkdir(join(into, 'etc/ssl/certs'), { recursive: true })
  await writeFile(
    join(into, 'etc/passwd'),
    'root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n',
  )
  await writeFile(join(into, 'etc/group'), 'root:x:0:\nnobody:x:65534:\nnonroot:x:65532:\n')
  await cp('/etc/ssl/certs/ca-certificates.crt', join(into, 'etc/ssl/certs/ca-certificates.crt'), { dereference: true })
  await addFolder(into, 'tmp', 0, 0o1777)
}

/** A folder of this user: a new volume that is mounted there becomes the user's, too. */
export async function addFolder(into: string, path: string, user: number, mode: number): Promise<void> {
  await mkdir(join(into, path), { recursive: true })
  await chmod(join(into, path), mode)
  await chown(join(into, path), user, user)
}
