/** A line on a terminal that shows how far a long piece of work is. Silent where nobody watches. */
export function progressLine(label: string, stream: NodeJS.WriteStream = process.stderr) {
  let lastPercent = -1;
  return {
    update(done: number, total: number): void {
      const percent = Math.floor((100 * done) / total);
      if (!stream.isTTY || percent === lastPercent) return;
      lastPercent = percent;
      stream.write(`\r${label} ${String(percent).padStart(3)} %`);
    },
    end(): void {
      if (stream.isTTY && lastPercent >= 0) stream.write('\r\x1b[K');
    },
  };
}
