/** RFC 6901: "" is all of a document, "/a/0/b" a part of it; "~1" stands for "/", "~0" for "~". */
export const JSON_POINTER = /^(\/([^~/]|~[01])*)*$/;

/** What stands at a pointer; undefined where nothing does. */
export function atPointer(document: unknown, pointer: string): unknown {
  return partsOf(pointer).reduce<unknown>((value, name) => {
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value) && !/^(0|[1-9]\d*)$/.test(name)) return undefined;
    return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
  }, document);
}

/** A document of objects alone in which a value stands at a pointer. */
export function documentWith(pointer: string, value: unknown): unknown {
  return partsOf(pointer).reduceRight<unknown>((inner, name) => Object.fromEntries([[name, inner]]), value);
}

function partsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
