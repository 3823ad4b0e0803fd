/** SIGTERM, SIGINT, or the end of the parent that started us with an IPC channel. The next one ends the process at once. */
export function firstSignal(exit: (code: number) => void): Promise<string> {
  return new Promise(resolve => {
    const codes = { SIGINT: 130, SIGTERM: 143, disconnect: 143 }
    let isStopping = false
    for (const [signal, code] of Object.entries(codes)) {
      process.on(signal, () => {
        if (isStopping && signal !== 'disconnect') exit(code)
        isStopping = true
        resolve(signal)
      })
    }
    // The parent may have gone while the program was being read.
    if (process.send && !process.connected) resolve('disconnect')
  })
}
