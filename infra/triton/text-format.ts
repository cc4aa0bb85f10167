/** A name of an enumeration, which stands without quotes. */
export class EnumName {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

export type TextValue = string | number | boolean | EnumName | TextMessage | readonly TextValue[];
export interface TextMessage {
  readonly [field: string]: TextValue;
}

/**
 * A message in protobuf's text format, which Triton's config.pbtxt is in; a list is a repeated field.
 * Source: https://protobuf.dev/reference/protobuf/textformat-spec/
 */
export function toTextFormat(message: TextMessage, indent = ''): string {
  return Object.entries(message)
    .flatMap(([field, value]) => repeated(value).map((one) => `${indent}${field}${written(one, indent)}\n`))
    .join('');
}

function repeated(value: TextValue): readonly TextValue[] {
  return Array.isArray(value) ? value : [value];
}

function written(value: TextValue, indent: string): string {
  if (value instanceof EnumName) return `: ${value.name}`;
  if (typeof value === 'object') return ` {\n${toTextFormat(value as TextMessage, `${indent}  `)}${indent}}`;
  // The format's escapes are C's, as are those of JSON for what names and paths hold.
  return `: ${JSON.stringify(value)}`;
}
