import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A chart reads no file outside itself, so these are copied into it. */
const copies = {
  'helm/delivery/files/rules/delivery.yaml': 'monitoring/rules/delivery.yaml',
  'helm/delivery/files/rules/delivery-slo.yaml': 'monitoring/rules/delivery-slo.yaml',
  'helm/delivery/files/dashboards/delivery.json': 'monitoring/dashboards/delivery.json',
}

const SCHEMA = 'helm/delivery/values.schema.json'

/** What the chart of the delivery plane has from elsewhere, as it has to be now. */
export async function deliveryFiles(root: string): Promise<{ path: string; text: string }[]> {
  const read = (path: string) => readFile(join(root, path), 'utf8')
  const copied = Object.entries(copies).map(async ([path, source]) => ({ path, text: await read(source) }))
  return [...(await Promise.all(copied)), { path: SCHEMA, text: await schemaWithConfig(read) }]
}

/** `config` of the values is the configuration file itself, so Helm refuses what the program would refuse. */
async function schemaWithConfig(read: (path: string) => Promise<string>): Promise<string> {
  const schema = JSON.parse(await read(SCHEMA)) as { $defs: { config: unknown } } // ours
  schema.$defs.config = JSON.parse(await read('delivery/config.schema.json'))
  return `${JSON.stringify(schema, null, 2)}\n`
}
