export interface Phase {
  name: string;
  ms: number;
}

/** The durations of a Server-Timing header, in its order: `backend;dur=120.5;desc="…", total;dur=130`. */
export function serverTiming(header: string | null): Phase[] {
  return (header ?? '').split(',').flatMap((entry) => {
    const [name = '', ...parameters] = entry.split(';').map((part) => part.trim());
    const duration = parameters.find((parameter) => parameter.startsWith('dur='));
    const ms = Number(duration?.slice('dur='.length));
    return name === '' || duration === undefined || !Number.isFinite(ms) ? [] : [{ name, ms }];
  });
}
