/**
 * Reads server-sent events, of which only the data is wanted, as the HTML standard's "Interpreting an event stream" says. Text may
 * come cut anywhere. Returns the function to push it to. What follows the last empty line is no event.
 */
export function eventParser(onData: (data: string) => void): (text: string) => void {
  let rest = '';
  let isFirst = true;
  let endedInReturn = false;
  let data: string[] = [];

  const takeLine = (line: string) => {
    if (line === '') {
      if (data.length > 0) onData(data.join('\n'));
      data = [];
      return;
    }
    if (line === 'data') data.push('');
    else if (line.startsWith('data:')) data.push(line.slice('data:'.length).replace(/^ /, ''));
  };

  return (text) => {
    if (text === '') return;
    let chunk = text;
    if (isFirst && chunk.startsWith('\uFEFF')) chunk = chunk.slice(1);
    isFirst = false;
    // A return and a line feed may come in two pieces: the line has ended with the first.
    if (endedInReturn && chunk.startsWith('\n')) chunk = chunk.slice(1);
    endedInReturn = text.endsWith('\r');
    const lines = (rest + chunk).split(/\r\n|\n|\r/);
    rest = lines.pop()!;
    for (const line of lines) takeLine(line);
  };
}

/** The data of each event of a body, as it comes. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const events: string[] = [];
  const parse = eventParser((data) => events.push(data));
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      parse(decoder.decode(read.value, { stream: true }));
      yield* events.splice(0);
    }
  } finally {
    // Whoever stops reading wants no more of it.
    await reader.cancel().catch(() => {});
  }
}
