import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carriesToken } from '../../../gpu-backend/protocol/bearer-token.ts';
import { readJsonBody } from '../../../gpu-backend/protocol/json-body.ts';
import { readTraceParent } from '../../../gpu-backend/protocol/trace-context.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

describe('readTraceParent', () => {
  it.each([
    ['a header of version 00', `00-${TRACE}-${SPAN}-01`, true],
    ['a trace that its client does not keep', `00-${TRACE}-${SPAN}-02`, false],
    ['a later version with more fields', `01-${TRACE}-${SPAN}-03-more`, true],
  ])('reads %s', (_, header, isSampled) => {
    expect(readTraceParent(header)).toEqual({ traceId: TRACE, spanId: SPAN, isSampled });
  });

  it.each([
    ['no header', undefined],
    ['upper case', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['a short id', `00-${TRACE.slice(1)}-${SPAN}-01`],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a parent id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['version ff', `ff-${TRACE}-${SPAN}-01`],
    ['version 00 with more fields', `00-${TRACE}-${SPAN}-01-more`],
  ])('finds none in %s', (_, header) => {
    expect(readTraceParent(header)).toBeUndefined();
  });
});

describe('readTraceParent, whatever is sent,', () => {
  it('answers with ids that W3C allows, or with nothing', () => {
    const hexadecimal = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-fA-F]{${length}}$`));
    const near = fc.tuple(hexadecimal(2), hexadecimal(32), hexadecimal(16), hexadecimal(2), fc.string());
    const header = fc.oneof(
      fc.string(),
      near.map(([version, ...rest]) => `${version}-${rest.join('-')}`),
    );
    fc.assert(
      fc.property(header, (sent) => {
        const parent = readTraceParent(sent);
        if (parent === undefined) return;
        expect(parent.traceId).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
        expect(parent.spanId).toMatch(/^(?!0+$)[0-9a-f]{16}$/);
      }),
    );
  });
});

describe('carriesToken', () => {
  it.each([
    ['Bearer s3cret', true],
    ['bearer s3cret', true],
    ['Bearer s3cre', false],
    ['Bearer s3cret2', false],
    ['Basic s3cret', false],
    ['s3cret', false],
    ['Bearer ', false],
    ['Bearer previous', true],
    [undefined, false],
  ])('%s → %s', (header, expected) => {
    expect(carriesToken(header, ['s3cret', 'previous'])).toBe(expected);
  });
});

describe('readJsonBody', () => {
  const read = (
    body: string | Uint8Array<ArrayBuffer> | null,
    headers: Record<string, string> = {},
    maxBytes = 64,
  ) =>
    readJsonBody(
      new Request('http://backend/', {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', ...headers },
      }),
      maxBytes,
    );

  it.each(['application/json', 'Application/JSON; charset="UTF-8"', 'application/vnd.api+json'])(
    'reads %s',
    async (type) => {
      expect(await read('{"a":1}', { 'content-type': type })).toEqual({ a: 1 });
    },
  );

  it('takes a body without a content type for JSON', async () => {
    const request = new Request('http://backend/', { method: 'POST', body: new TextEncoder().encode('[1]') });
    expect(await readJsonBody(request, 64)).toEqual([1]);
  });

  it('reads up to the limit and no further', async () => {
    expect(await read('[1, 2]', {}, 6)).toEqual([1, 2]);
    await expect(read('[1, 2]', {}, 5)).rejects.toMatchObject({ status: 413 });
  });

  it('stops a body of unknown length once it is too long', async () => {
    let pulled = 0;
    const endless = new ReadableStream({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(16));
      },
    });
    const request = new Request('http://backend/', {
      method: 'POST',
      body: endless,
      duplex: 'half',
    } as RequestInit);
    await expect(readJsonBody(request, 64)).rejects.toMatchObject({ status: 413 });
    expect(pulled).toBeLessThan(10);
  });

  it('tells a connection that ended early from a body that is wrong', async () => {
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error('ECONNRESET')) });
    const request = new Request('http://backend/', {
      method: 'POST',
      body: broken,
      duplex: 'half',
    } as RequestInit);
    await expect(readJsonBody(request, 64)).rejects.toMatchObject({ code: 'client_gone' });
  });

  it.each<[string, string | Uint8Array<ArrayBuffer> | null, Record<string, string>, number, string]>([
    ['text', 'a=1', { 'content-type': 'text/plain' }, 415, 'Content-Type is "text/plain"'],
    ['latin-1', '{}', { 'content-type': 'application/json; charset=latin1' }, 415, 'The charset is "latin1"'],
    ['a compressed body', '{}', { 'content-encoding': 'gzip' }, 415, 'Content-Encoding is "gzip"'],
    ['no body', null, {}, 400, 'The body is empty'],
    ['white space', ' \n', {}, 400, 'The body is empty'],
    ['half an object', '{"a":', {}, 400, 'The body is not JSON: '],
    ['bytes that are no UTF-8', Uint8Array.of(0x22, 0xff, 0x22), {}, 400, 'The body is not UTF-8.'],
  ])('refuses %s', async (_, body, headers, status, message) => {
    await expect(read(body, headers)).rejects.toMatchObject({
      status,
      message: expect.stringContaining(message),
    });
  });
});
