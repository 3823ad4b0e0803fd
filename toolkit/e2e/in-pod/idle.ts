// A pod in which others run programs (`kubectl exec`). Process 1 does not end by a signal that it does not handle.
process.on('SIGTERM', () => process.exit(0))
setInterval(() => {}, 60_000)
