/** A metric with all its series, as Prometheus knows it. */
export interface MetricFamily {
  name: string;
  help: string;
  type: 'counter' | 'gauge' | 'histogram';
  samples: Sample[];
}

interface Sample {
  labels: Record<string, string>;
  /** Of a histogram its buckets, cumulative, the last of them that of all. */
  value: number | HistogramValue;
}

export interface HistogramValue {
  buckets: { le: number; count: number }[];
  count: number;
  sum: number;
}

export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Metrics as Prometheus reads them. Source: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function exposition(families: MetricFamily[]): string {
  return families.map(familyText).join('');
}

function familyText({ name, help, type, samples }: MetricFamily): string {
  const lines = samples.flatMap(({ labels, value }) =>
    typeof value === 'number' ? line(name, labels, value) : histogramLines(name, labels, value),
  );
  return [`# HELP ${name} ${escaped(help)}\n`, `# TYPE ${name} ${type}\n`, ...lines].join('');
}

function histogramLines(
  name: string,
  labels: Record<string, string>,
  { buckets, count, sum }: HistogramValue,
): string[] {
  return [
    ...buckets.map((bucket) => line(`${name}_bucket`, { ...labels, le: String(bucket.le) }, bucket.count)),
    line(`${name}_bucket`, { ...labels, le: '+Inf' }, count),
    line(`${name}_sum`, labels, sum),
    line(`${name}_count`, labels, count),
  ];
}

function line(name: string, labels: Record<string, string>, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text, '"')}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
}

/** @param quote what ends the text, where anything does */
function escaped(text: string, quote = ''): string {
  const whole = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return quote === '' ? whole : whole.replaceAll(quote, `\\${quote}`);
}
