import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadMigrations, writeLock } from '../../../lib/migrations.ts'
import type { Cluster } from '../../cluster/open.ts'
import type { Engine } from '../../engine/engine.ts'
import { wantedImages } from '../../engine/images.ts'
import { buildImages } from '../../image/build.ts'
import { ask } from '../../image/images.ts'
import { createMigration } from '../../migration-create.ts'
import type { Context } from '../../step.ts'
import type { Setting } from './setting.ts'

const repository = 'localhost/fairlead-chart-proof'
const tags = { first: 'first', expanded: 'expanded', broken: 'broken' }
const name = (tag: string) => `${repository}:${tag}`

/** Builds the service's image, and from it two with a migration more each, and brings them into the cluster with Postgres. */
export async function prepareImages(
  engine: Engine,
  cluster: Pick<Cluster, 'load'>,
  folder: string,
  context: Context,
): Promise<Setting['images'] & { postgres: string }> {
  await buildImages(engine, ['service'], context, { names: { SERVICE_IMAGE: name(tags.first) } })
  const migrations = join(folder, 'migrations')
  await mkdir(folder, { recursive: true })
  await cp(join(context.root, 'migrations'), migrations, { recursive: true })
  await addMigration(migrations, 'expand', 'alter table orders add column note text;\n')
  await derive(engine, migrations, tags.expanded)
  await addMigration(migrations, 'break', 'select 1 / 0;\n')
  await derive(engine, migrations, tags.broken)
  const postgres = await postgresImage(engine, context)
  await cluster.load([...Object.values(tags).map(name), postgres], engine.env)
  return { repository, tags, postgres }
}

export async function removeImages(engine: Engine): Promise<void> {
  await engine.docker(['image', 'rm', '--force', ...Object.values(tags).map(name)])
}

async function addMigration(folder: string, what: string, sql: string): Promise<void> {
  const [up = ''] = await createMigration(folder, what, new Date())
  await writeFile(join(folder, up), sql)
  await writeLock(folder, await loadMigrations(folder))
}

/** Without a builder, which not every engine has: the files are copied into a container that never runs. */
async function derive(engine: Engine, migrations: string, tag: string): Promise<void> {
  const container = await ask(engine, ['create', name(tags.first)])
  try {
    await ask(engine, ['cp', `${migrations}/.`, `${container}:/app/migrations`])
    await ask(engine, ['commit', container, name(tag)])
  } finally {
    await ask(engine, ['rm', '--force', container])
  }
}

/** With a tag and no digest, as it has to be called in the cluster. */
export async function postgresImage(engine: Engine, { root, env }: Context): Promise<string> {
  const chosen = engine.env.POSTGRES_IMAGE ?? env.POSTGRES_IMAGE
  if (chosen) return chosen
  const wanted = (await wantedImages(root)).find(each => each.variable === 'POSTGRES_IMAGE')
  if (!wanted) throw new Error('docker-compose.yml names no POSTGRES_IMAGE')
  await ask(engine, ['tag', wanted.reference, wanted.tag])
  return wanted.tag
}
