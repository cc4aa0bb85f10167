/**
 * The headers of static files, in the form of Workers' `_headers`. All are for every page to load: they hold nothing of
 * anybody's.
 * @param shortLived paths of files whose contents change under their names: a page that embeds one has a new version within
 *   minutes, and never waits for the question whether there is one. All others have a hash in their names.
 */
export function staticHeaders(shortLived: string[]): string {
  const rules = [
    ['/*', ...FOR_EVERY_PAGE],
    ['/assets/*', 'Cache-Control: public, max-age=31536000, immutable'],
    ...shortLived.map((path) => [path, 'Cache-Control: public, max-age=300, stale-while-revalidate=86400']),
  ];
  return rules.map(([path, ...headers]) => `${[path, ...headers].join('\n  ')}\n`).join('');
}

const FOR_EVERY_PAGE = [
  'Access-Control-Allow-Origin: *',
  'Cross-Origin-Resource-Policy: cross-origin',
  'Referrer-Policy: no-referrer',
  'X-Content-Type-Options: nosniff',
];
