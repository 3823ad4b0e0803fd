/** What the image of the delivery plane ships. node:worker_threads needs the outbox's worker as a file of its own. */
export const deliveryTarget = {
  name: 'delivery',
  entries: {
    main: 'delivery/main.ts',
    cli: 'delivery/cli.ts',
    healthcheck: 'delivery/healthcheck.ts',
    'sqlite-worker': 'delivery/outbox/sqlite-worker.ts',
  },
  assets: ['delivery/outbox/migrations'],
}
