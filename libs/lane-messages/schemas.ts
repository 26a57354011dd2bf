// Compiled checks of openapi/messages.yaml: every message is checked before anything reads it.
import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formatsPlugin from 'ajv-formats';
import { parse } from 'yaml';
import type { components } from '#libs/contracts/generated/messages.ts';

export type MessageSchemas = components['schemas'];
export type MessageName = keyof MessageSchemas;

const documentId = 'messages';
const compiled = new Map<string, ValidateFunction>();
let shared: Ajv2020 | undefined;

function ajv(): Ajv2020 {
  if (shared !== undefined) return shared;
  const file = new URL('../../openapi/messages.yaml', import.meta.url);
  const document: unknown = parse(readFileSync(file, 'utf8'));
  shared = new Ajv2020({ strict: true, strictTypes: false });
  formatsPlugin.default(shared, ['uuid']);
  for (const word of ['openapi', 'info', 'paths', 'components']) shared.addKeyword(word);
  shared.addSchema(document as object, documentId);
  return shared;
}

/** True when the value is exactly the named schema of messages.yaml. */
export function isMessage<Name extends MessageName>(
  name: Name,
  value: unknown,
): value is MessageSchemas[Name] {
  let validate = compiled.get(name);
  if (validate === undefined) {
    validate = ajv().compile({ $ref: `${documentId}#/components/schemas/${name}` });
    compiled.set(name, validate);
  }
  return validate(value) === true;
}
