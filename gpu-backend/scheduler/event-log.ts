import type { Log } from '../log.ts';
import type { SchedulerObserver } from './observer.ts';

/** Writes what an operator reads: runs as they begin, what went wrong, and workers as they come and go. */
export function logEvents(log: Log): SchedulerObserver {
  return (event) => {
    switch (event.kind) {
      case 'run started': {
        const { requests, rows, waiting } = event;
        return log({ event: 'run', level: 'debug', requests, rows, waiting });
      }
      case 'run ended': {
        if (event.outcome === 'generated') return;
        const { outcome, requests, message } = event;
        return log({ event: `run ${outcome}`, level: 'warn', requests, message });
      }
      case 'worker ready':
        return log({ event: 'worker ready', device: event.device, worker_pid: event.pid });
      case 'worker stopped': {
        const { device, message, restartInMs, isBroken } = event;
        const [level, breaker] = isBroken ? (['error', 'open'] as const) : (['warn', 'closed'] as const);
        const restart = { restart_in_ms: restartInMs, breaker };
        return log({ event: 'worker stopped', level, device, message, ...restart });
      }
      // Each request has its own line, from the server.
      case 'enqueued':
      case 'rejected':
      case 'answered':
      case 'run again':
        return;
    }
  };
}
