import type { Row } from './dashboard.ts'
import { timeSeries } from './panels.ts'
import { own, rate, sumBy } from './queries.ts'

/** Every process of ours under Node: what fills up before users notice. */
export const processRow: Row = {
  title: 'Process',
  panels: [
    timeSeries(
      ['Event loop lag', 'How late timers ran: a part of every answer that nobody asked for.', 's'],
      [
        [own('nodejs_eventloop_lag_p50_seconds'), '{{instance}} p50'],
        [own('nodejs_eventloop_lag_p99_seconds'), '{{instance}} p99'],
      ],
    ),
    timeSeries(
      ['CPU', 'Processor seconds in each second; 1 is a whole core.', 'none'],
      [[rate('process_cpu_seconds_total'), '{{instance}}']],
    ),
    timeSeries(
      ['Memory', 'What the process occupies, and the heap in it: kept, and in use.', 'bytes'],
      [
        [own('process_resident_memory_bytes'), '{{instance}} resident'],
        [own('nodejs_heap_size_total_bytes'), '{{instance}} heap'],
        [own('nodejs_heap_size_used_bytes'), '{{instance}} heap in use'],
      ],
    ),
    timeSeries(
      ['Garbage collection', 'The share of time that went into it, by kind.', 'percentunit'],
      [[sumBy(['instance', 'kind'], rate('nodejs_gc_duration_seconds_sum')), '{{instance}} {{kind}}']],
    ),
    timeSeries(
      ['Open files', 'File descriptors in use, sockets above all, of those allowed.', 'none'],
      [
        [own('process_open_fds'), '{{instance}}'],
        [own('process_max_fds'), '{{instance}} at most'],
      ],
    ),
    timeSeries(
      ['Uptime', 'Since the process was started; a fall is a restart.', 's'],
      [[`time() - ${own('process_start_time_seconds')}`, '{{instance}}']],
    ),
  ],
}
