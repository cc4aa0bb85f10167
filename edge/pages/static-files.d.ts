// The list that infra/build-static.ts writes (`alias` in wrangler.toml).

declare module 'tandem-static/files.json' {
  const files: Record<string, { path: string; integrity: string; bytes: number; gzipBytes: number }>;
  export default files;
}

// The reference of the API as HTML, a JSON text: of what an alias names, wrangler takes nothing but scripts and JSON.
declare module 'tandem-static/reference.json' {
  const html: string;
  export default html;
}
