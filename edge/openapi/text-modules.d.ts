// What the bundler puts into the worker as text (`rules` in wrangler.toml).

declare module '*.json.txt' {
  const text: string;
  export default text;
}
