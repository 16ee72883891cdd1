// How long the turns of this process's event loop are: by the clock, which counts what other processes take of a busy
// machine, and by the time that the main thread had a processor, which does not.
import { openSync, readSync } from 'node:fs'
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks'

/** The worst since the last question, in milliseconds; each may contain up to TICK_MS of idle or other turns. */
export interface Turns {
  readonly wallMs: number
  readonly cpuMs: number
  /** The longest collection of garbage, by the clock. */
  readonly gcMs: number
}

const TICK_MS = 5
const delays = monitorEventLoopDelay({ resolution: TICK_MS })
const place = Buffer.alloc(128)
const schedstat = open()
let worstCpuMs = 0
let worstGcMs = 0
let last = processorMs()
let since = 0

/** Begins to measure. */
export function watchTurns(): void {
  delays.enable()
  setInterval(() => {
    const now = processorMs()
    worstCpuMs = Math.max(worstCpuMs, now - last)
    last = now
  }, TICK_MS).unref()
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      if (startTime > since) worstGcMs = Math.max(worstGcMs, duration)
    }
  }).observe({ entryTypes: ['gc'] })
}

export function worstTurns(): Turns {
  const worst = { wallMs: delays.max / 1e6, cpuMs: worstCpuMs, gcMs: worstGcMs }
  delays.reset()
  worstCpuMs = 0
  worstGcMs = 0
  since = performance.now()
  last = processorMs()
  return worst
}

/** Linux tells of each thread how long it ran (proc(5)); elsewhere all threads count. */
function processorMs(): number {
  if (schedstat === undefined) {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  }
  const length = readSync(schedstat, place, 0, place.length, 0)
  return Number.parseInt(place.toString('latin1', 0, length), 10) / 1e6
}

function open(): number | undefined {
  try {
    return openSync(`/proc/self/task/${process.pid}/schedstat`, 'r')
  } catch {
    return undefined
  }
}
