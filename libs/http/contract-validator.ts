// Validation of requests (always) and responses (in tests) against the contract.
import { readFileSync } from 'node:fs';
import type { RequestHandler } from 'express';
import { middleware } from 'express-openapi-validator';
import { isFen } from '#libs/quantity/money.ts';
import { isShareQuantity } from '#libs/quantity/shares.ts';
import { isLocalDate } from '#libs/time/local-date.ts';

const isInteger = (text: string): boolean => /^-?[0-9]{1,20}$/.test(text);

/** The formats of openapi/shared/platform.yaml that a pattern cannot express. */
const formats = {
  'share-quantity': (text: string) => isInteger(text) && isShareQuantity(BigInt(text)),
  fen: (text: string) => isInteger(text) && isFen(BigInt(text)),
  // The validator's own takes the thirty-first of February.
  date: (text: string) => isLocalDate(text),
};

/** The handlers that each route of the contract runs before its own. */
export const contractValidator = (
  documentFile: URL,
  options: { validateResponses: boolean },
): RequestHandler[] => {
  const apiSpec = JSON.parse(readFileSync(documentFile, 'utf8'));
  return middleware({
    apiSpec,
    validateApiSpec: false,
    validateRequests: { allowUnknownQueryParameters: false, allErrors: true },
    validateResponses: options.validateResponses,
    validateSecurity: false,
    validateFormats: true,
    fileUploader: false,
    formats: Object.fromEntries(
      Object.entries(formats).map(([name, validate]) => [name, { type: 'string', validate }]),
    ),
  });
};
