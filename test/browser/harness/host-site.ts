import { createServer } from 'node:http';

/** Somebody else's site, at another origin than the edge's. */
export interface HostSite {
  origin: string;
  /** Puts a page on it. @returns its address */
  publish(page: HostPage): string;
  close(): void;
}

export interface HostPage {
  body: string;
  head?: string;
  lang?: string;
  headers?: Record<string, string>;
}

export async function startHostSite(): Promise<HostSite> {
  const pages: HostPage[] = [];
  const server = createServer((request, response) => {
    const page = pages[Number(request.url!.slice(1))];
    // The icon that browsers ask for.
    if (page === undefined) response.writeHead(204).end();
    else
      response
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...page.headers })
        .end(document(page));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return {
    origin,
    publish: (page) => `${origin}/${pages.push(page) - 1}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function document({ body, head = '', lang = 'en' }: HostPage): string {
  return `<!doctype html>
<html lang="${lang}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>A shop</title>${head}</head>
<body>${body}</body>
</html>`;
}
