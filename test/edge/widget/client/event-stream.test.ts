import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventParser, readEvents } from '../../../../edge/widget/client/event-stream.ts';

function parse(...chunks: string[]): string[] {
  const events: string[] = [];
  const push = eventParser((data) => events.push(data));
  for (const chunk of chunks) push(chunk);
  return events;
}

describe('server-sent events', () => {
  it.each([
    ['data: one\n\n', ['one']],
    ['data:one\n\ndata: two\n\n', ['one', 'two']],
    ['data: one\r\n\r\ndata: two\r\rdata: three\n\n', ['one', 'two', 'three']],
    ['data: one\ndata: two\n\n', ['one\ntwo']],
    ['data:  two spaces\n\n', [' two spaces']],
    ['data\n\n', ['']],
    ['data:\n\n', ['']],
    ['data: a: b\n\n', ['a: b']],
    ['\uFEFFdata: after the mark\n\n', ['after the mark']],
    ['data: \uFEFF\n\n', ['\uFEFF']],
    [': a comment\n\n', []],
    ['event: ping\nid: 7\nretry: 10\n\n', []],
    ['event: word\ndata: one\nid: 7\n\n', ['one']],
    ['datatype: no\n\n', []],
    ['data: without an end\n', []],
    ['data: without an end', []],
    ['\n\n\n', []],
  ])('%j are %j', (text, events) => {
    expect(parse(text)).toEqual(events);
  });

  it('are the same however they are cut', () => {
    const line = fc.oneof(
      fc.constantFrom('data: one', 'data:two', 'data', ': comment', 'event: x', '', ''),
      fc.string({ unit: fc.constantFrom('d', 'a', 't', ':', ' ', '\uFEFF', 'é', '😀') }),
    );
    const end = fc.constantFrom('\n', '\r', '\r\n');
    const text = fc.array(fc.tuple(line, end)).map((lines) => lines.flat().join(''));
    fc.assert(
      fc.property(text, fc.array(fc.nat(200)), (whole, cuts) => {
        const places = [0, ...cuts.map((cut) => Math.min(cut, whole.length)), whole.length].sort(
          (a, b) => a - b,
        );
        const chunks = places.slice(1).map((place, index) => whole.slice(places[index], place));
        expect(parse(...chunks)).toEqual(parse(whole));
      }),
    );
  });

  it('of a body come whole where its bytes are cut within a letter', async () => {
    const bytes = new TextEncoder().encode('data: ä😀\n\ndata: two\n\n');
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    const events: string[] = [];
    for await (const data of readEvents(body)) events.push(data);
    expect(events).toEqual(['ä😀', 'two']);
  });

  it('are given up with their body by whoever stops reading', async () => {
    let isCancelled = false;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('data: one\n\n')),
      cancel: () => {
        isCancelled = true;
      },
    });
    for await (const _ of readEvents(body)) break;
    expect(isCancelled).toBe(true);
  });
});
