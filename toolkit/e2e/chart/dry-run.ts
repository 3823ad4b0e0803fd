import { globSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findCharts } from '../../chart/charts.ts'
import { prepareHelm } from '../../chart/helm.ts'
import { downloadModules } from '../../chart/modules.ts'
import { renderShape } from '../../chart/rendered.ts'
import { definitionsOf } from '../../chart/schema-crd.ts'
import { markOf } from '../kubernetes/namespaces.ts'
import { until } from '../until.ts'
import { type ChartProof, inNamespace, type Setting } from './setting.ts'

/** Kinds of others that the charts use; definitions of more would only take time. */
const used = /_(certificates|externalsecrets|servicemonitors|prometheusrules|httproutes)\.yaml$/

export const dryRun: ChartProof = {
  name: 'chart-dry-run',
  async run(setting) {
    const { kubectl, context, folder } = setting
    await installDefinitions(setting)
    const helm = await prepareHelm(context)
    const faults: string[] = []
    let shapes = 0
    for (const chart of findCharts(context.root)) {
      for (const shape of chart.shapes) {
        shapes += 1
        const rendering = await renderShape(helm, chart, shape)
        if ('complaint' in rendering) throw new Error(`${shape.file}: ${rendering.complaint}`)
        const file = join(folder, `${shape.name}.yaml`)
        await writeFile(file, rendering.text)
        const how = ['--server-side', '--dry-run=server', '--validate=strict', inNamespace]
        const { code, stderr } = await kubectl.try('apply', ...how, `--filename=${file}`)
        if (code !== 0 || /warning/i.test(stderr)) faults.push(`${shape.file}: ${stderr.trim()}`)
      }
    }
    if (faults.length > 0) throw new Error(faults.join('\n'))
    return `${shapes} shapes are taken by the API server, without a warning`
  },
}

/** Only those that the cluster does not have: somebody's own are not replaced; ours are marked, and removed at the end. */
async function installDefinitions({ kubectl, context }: Setting): Promise<void> {
  const paths = Object.keys(definitionsOf) as (keyof typeof definitionsOf)[] // all keys, and no others
  for (const [module, folder] of await downloadModules('crds', paths, context)) {
    for (const file of globSync(definitionsOf[module], { cwd: folder }).filter(each => used.test(each))) {
      const name = file.replace(/^.*\/(.*)_(.*)\.yaml$/, 'crd/$2.$1')
      if ((await kubectl.try('get', name)).code === 0) continue
      await kubectl('create', `--filename=${join(folder, file)}`)
      await kubectl('label', name, markOf('chart'))
      // kubectl wait fails where there is no condition at all yet.
      const wait = () => kubectl('wait', '--for=condition=Established', '--timeout=50s', name)
      await until(`${name}: Established`, wait, () => true, context)
    }
  }
}
