import { deliveryLoops } from './delivery/soak.ts'
import { drill } from './drill.ts'
import { createSoak } from './soak/create.ts'

export const soak = createSoak({
  ...deliveryLoops,
  drills: {
    summary: 'every alert fires, arrives and resolves, on a stack of its own',
    run: async (_, context) => (await drill.run(['--all'], context)) === 0,
  },
})
