import { expect } from 'vitest';

/** The events of a stream that has ended, parsed; the comments that keep it open are left out. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came
export async function events(response: Response): Promise<any[]> {
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const text = await response.text();
  expect(text.endsWith('\n\n')).toBe(true);
  const lines = text.split('\n\n').filter((line) => line !== '' && !line.startsWith(':'));
  return lines.map((line) => {
    expect(line).toMatch(/^data: .+$/);
    const data = line.slice('data: '.length);
    return data === '[DONE]' ? data : JSON.parse(data);
  });
}

/** What a client puts together from the events of one choice. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export function streamedText(sent: any[], index = 0): string {
  return sent
    .flatMap((event) => event.choices ?? [])
    .filter((choice) => choice.index === index)
    .map((choice) => choice.delta?.content ?? choice.text ?? '')
    .join('');
}
