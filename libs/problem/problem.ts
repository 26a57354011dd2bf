// Problem documents (RFC 9457) made from refusals by the catalogue, in Chinese or English.
import type { Refusal, RefusalItem } from '#libs/result/refusal.ts';
import { type ProblemCode, problemCatalogue } from './generated/catalogue.ts';

export type { ProblemCode } from './generated/catalogue.ts';

export type Language = 'zh' | 'en';

/** A refusal whose code stands in the catalogue, so that it can be answered. */
export type ProblemRefusal = Refusal<ProblemCode>;

export interface ProblemError {
  /** JSON pointer into the request body, or `#/path/x`, `#/query/x`, `#/header/x`. */
  readonly pointer?: string;
  readonly code: string;
  readonly detail: string;
  readonly params?: Readonly<Record<string, string>>;
}

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: ProblemCode;
  readonly traceId: string;
  readonly errors?: readonly ProblemError[];
}

export interface Occurrence {
  readonly language: Language;
  /** The request's path. */
  readonly instance: string;
  readonly traceId: string;
}

/** `.example` is reserved (RFC 2606): the URI identifies, it does not resolve. */
const typePrefix = 'https://quanji.example/problems/';

export const isProblemCode = (code: string): code is ProblemCode =>
  Object.hasOwn(problemCatalogue, code);

/** Fills a template's {parameters}; one that the refusal does not give is shown as a dash. */
const fillTemplate = (template: string, params: Readonly<Record<string, string>> = {}): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) =>
    Object.hasOwn(params, name) ? (params[name] ?? '—') : '—',
  );

const toProblemError = (item: RefusalItem, language: Language): ProblemError => ({
  ...(item.pointer === undefined ? {} : { pointer: item.pointer }),
  code: item.code,
  detail: isProblemCode(item.code)
    ? fillTemplate(problemCatalogue[item.code].detail[language], item.params)
    : item.code,
  ...(item.params === undefined ? {} : { params: item.params }),
});

/** The problem document of a refusal. */
export const toProblem = (refusal: ProblemRefusal, occurrence: Occurrence): Problem => {
  const entry = problemCatalogue[refusal.code];
  const { language } = occurrence;
  return {
    type: `${typePrefix}${refusal.code}`,
    title: entry.title[language],
    status: entry.status,
    detail: fillTemplate(entry.detail[language], refusal.params),
    instance: occurrence.instance,
    code: refusal.code,
    traceId: occurrence.traceId,
    ...(refusal.errors === undefined || refusal.errors.length === 0
      ? {}
      : { errors: refusal.errors.map((item) => toProblemError(item, language)) }),
  };
};
