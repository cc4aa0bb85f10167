/** Variables of the worker that it cannot start with. @param what the variable's name and what it must be, without a full stop */
export function wrongVariables(what: string): Error {
  return new Error(`The worker's variables are not right (see wrangler.toml). ${what}.`);
}
