import { createHash } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../exec.ts'
import type { Context } from '../step.ts'

const architectures: Record<string, string> = { x64: 'amd64', arm64: 'arm64' }

/** An image of one static program and nothing else, as `docker save` would write it, without a Docker engine. */
export async function writeProgramImage(
  { image, program, user, to }: { image: string; program: string; user: string; to: string },
  { env, signal }: Pick<Context, 'env' | 'signal'>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-image-'))
  try {
    const tar = async (file: string, from: string, names: string[]) => {
      const args = ['--create', '--file', file, '--directory', from, '--owner=0', '--group=0', '--mtime=@0', ...names]
      const { code, stderr } = await run('tar', args, { env, signal })
      if (code !== 0) throw new Error(`tar ${args.join(' ')} ended with ${code}: ${stderr.trim()}`)
    }
    await mkdir(join(folder, 'root'))
    await copyFile(program, join(folder, 'root/program'))
    await tar(join(folder, 'layer.tar'), join(folder, 'root'), ['program'])
    const layer = createHash('sha256').update(await readFile(join(folder, 'layer.tar')))
    const config = {
      os: 'linux',
      architecture: architectures[process.arch] ?? process.arch,
      config: { Entrypoint: ['/program'], User: user },
      rootfs: { type: 'layers', diff_ids: [`sha256:${layer.digest('hex')}`] },
    }
    const manifest = [{ Config: 'config.json', RepoTags: [image], Layers: ['layer.tar'] }]
    await writeFile(join(folder, 'config.json'), JSON.stringify(config))
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest))
    await tar(to, folder, ['manifest.json', 'config.json', 'layer.tar'])
  } finally {
    await rm(folder, { recursive: true })
  }
}
