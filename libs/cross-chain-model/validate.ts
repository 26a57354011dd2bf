// Validates a regulator object: our strict JSON schemas first, then the arithmetic they can't say.
import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formatsPlugin from 'ajv-formats';
import { err, ok, type Result } from '#libs/result/result.ts';
import type { ObjectFault } from './fault.ts';
import { type ObjectClass, objectClasses, type RegulatorObject } from './object.ts';
import { semanticFaults } from './semantics.ts';

const faultsMax = 20;
const validators = new Map<ObjectClass, ValidateFunction>();

function validatorOf(objectClass: ObjectClass): ValidateFunction {
  const known = validators.get(objectClass);
  if (known !== undefined) return known;
  const ajv = new Ajv2020({
    allErrors: false,
    strict: true,
    strictTypes: false,
    strictRequired: false,
  });
  formatsPlugin.default(ajv, ['date', 'date-time']);
  const file = new URL(
    `../../openapi/cross-chain/2.0.0/${objectClass}.schema.json`,
    import.meta.url,
  );
  const validate = ajv.compile(JSON.parse(readFileSync(file, 'utf8')));
  validators.set(objectClass, validate);
  return validate;
}

function classOf(object: unknown): ObjectClass | undefined {
  const type = (object as { header?: { content?: { type?: unknown } } } | null)?.header?.content
    ?.type;
  return objectClasses.find((name) => name === type);
}

function toFault(error: ErrorObject): ObjectFault {
  const extra = error.params as { additionalProperty?: string; missingProperty?: string };
  const property = extra.additionalProperty ?? extra.missingProperty;
  const pointer = property === undefined ? error.instancePath : `${error.instancePath}/${property}`;
  return { pointer, keyword: error.keyword, message: error.message ?? error.keyword };
}

/**
 * Checks one object, sealed or not, against the schema of its class; what passes is one.
 * Errors: every fault found, at most 20; an unknown class is a fault of /header/content/type.
 */
export function validateObject(object: unknown): Result<RegulatorObject, readonly ObjectFault[]> {
  const objectClass = classOf(object);
  if (objectClass === undefined) {
    const fault = { keyword: 'enum', message: 'unknown object class' };
    return err([{ pointer: '/header/content/type', ...fault }]);
  }
  const validate = validatorOf(objectClass);
  if (!validate(object)) {
    const causes = (validate.errors ?? []).filter((error) => error.keyword !== 'if');
    return err(causes.slice(0, faultsMax).map(toFault));
  }
  const checked = object as RegulatorObject;
  const faults = semanticFaults(checked);
  return faults.length === 0 ? ok(checked) : err(faults);
}
