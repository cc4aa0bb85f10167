const FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Moments as the reader's own clock has them; the server writes UTC. */
export function showLocalTimes(root: ParentNode): void {
  for (const time of root.querySelectorAll('time')) {
    time.title = time.dateTime;
    time.textContent = FORMAT.format(new Date(time.dateTime));
  }
}
