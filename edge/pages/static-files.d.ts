// The list that infra/build-static.ts writes (`alias` in wrangler.toml).

declare module 'tandem-static/files.json' {
  const files: Record<string, { path: string; integrity: string; bytes: number; gzipBytes: number }>;
  export default files;
}

// The reference of the API as HTML. As text beside the script it costs a start nothing; of what an alias names, wrangler takes nothing but
// scripts and JSON, so it is named by its path.
declare module '*/reference.html.txt' {
  const html: string;
  export default html;
}
