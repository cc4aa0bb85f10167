// The list that infra/build-static.ts writes (`alias` in wrangler.toml).

declare module 'tandem-static/files.json' {
  const files: Record<string, { path: string; integrity: string; bytes: number; gzipBytes: number }>;
  export default files;
}
