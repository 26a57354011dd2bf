// Finds object schemas that would let unknown fields through.
import { isJsonObject, type JsonObject } from './bundle-contract.ts';

const isClosed = (schema: JsonObject): boolean =>
  schema.additionalProperties !== undefined || schema.unevaluatedProperties !== undefined;

const openObjects = (value: unknown, pointer: string): string[] => {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => openObjects(item, `${pointer}/${index}`));
  }
  if (!isJsonObject(value)) return [];
  const isOpen = value.type === 'object' && isJsonObject(value.properties) && !isClosed(value);
  return [
    ...(isOpen ? [pointer] : []),
    ...Object.entries(value).flatMap(([name, item]) => openObjects(item, `${pointer}/${name}`)),
  ];
};

/** Errors: an object schema says neither additionalProperties nor unevaluatedProperties. */
export const checkObjectSchemas = (name: string, document: JsonObject): void => {
  const open = openObjects(document, '#');
  if (open.length > 0) {
    throw new Error(`${name}: say additionalProperties: false at ${open.join(', ')}`);
  }
};
