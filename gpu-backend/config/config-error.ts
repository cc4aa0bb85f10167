/** Where the configuration is wrong: one line that names the option and what it may be. Never a secret's value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
