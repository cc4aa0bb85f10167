import type { Option } from './option-kinds.ts';
import { fileVariableOf, flagOf, OPTION_GROUPS } from './options.ts';

const WIDTH = 100;
const TRACES = `Traces
  OpenTelemetry's own variables. OTEL_EXPORTER_OTLP_ENDPOINT (such as http://127.0.0.1:4318) turns traces
  on; OTEL_SERVICE_NAME, OTEL_EXPORTER_OTLP_HEADERS, OTEL_TRACES_SAMPLER and the others work as everywhere.`;
const INDENT = '      ';

/** What `--help` prints. It shows no setting's value: what is set may be a secret. */
export function helpText(): string {
  const groups = Object.entries(OPTION_GROUPS).map(
    ([heading, options]) =>
      `${heading}\n${Object.values(options as Record<string, Option<unknown>>)
        .map(describe)
        .join('\n')}`,
  );
  return [
    'Usage: node gpu-backend/main.ts [--model NAME=DIR]… [options]',
    'Each option is a flag or a variable of the environment; the flag wins. [default]',
    ...groups,
    TRACES,
  ].join('\n\n');
}

function describe(option: Option<unknown>): string {
  const { variable, fallback, about, isSecret, isRepeated } = option;
  const variables = isSecret ? `${variable} or ${fileVariableOf(option)}` : variable;
  const repeated = isRepeated ? ' (repeated; the variable separates by commas)' : '';
  return `  ${flagOf(option)}, ${variables}${repeated} [${fallback}]\n${wrap(about)}`;
}

function wrap(text: string): string {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!;
    if (last !== '' && INDENT.length + last.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.map((line) => INDENT + line).join('\n');
}
