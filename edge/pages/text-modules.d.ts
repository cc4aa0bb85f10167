// Files that the bundler puts into the worker as text (`rules` in wrangler.toml).

declare module '*.html' {
  const text: string;
  export default text;
}

declare module '*.css' {
  const text: string;
  export default text;
}

declare module '*.client.js' {
  const text: string;
  export default text;
}

declare module '*.json.txt' {
  const text: string;
  export default text;
}
