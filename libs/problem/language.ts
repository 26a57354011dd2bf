// The language of an answer, from Accept-Language (RFC 9110, 12.5.4): Chinese by default.
import type { Language } from './problem.ts';

interface Preference {
  readonly language: Language;
  readonly quality: number;
}

const languageOfTag = (tag: string): Language | undefined => {
  const primary = tag.trim().toLowerCase().split('-')[0];
  if (primary === 'en') return 'en';
  return primary === 'zh' || primary === '*' ? 'zh' : undefined;
};

const qualityOf = (parameters: readonly string[]): number => {
  const weight = parameters.map((text) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/i.exec(text)?.[1]);
  const given = weight.find((text) => text !== undefined);
  return given === undefined ? 1 : Number(given);
};

const headerLengthMax = 200;

/** The first language of highest quality among zh and en; Chinese by default. */
export const preferredLanguage = (acceptLanguage: string | undefined): Language => {
  if (acceptLanguage === undefined || acceptLanguage.length > headerLengthMax) return 'zh';
  let best: Preference = { language: 'zh', quality: 0 };
  for (const part of acceptLanguage.split(',')) {
    const [tag = '', ...parameters] = part.split(';');
    const language = languageOfTag(tag);
    const quality = qualityOf(parameters);
    if (language !== undefined && quality > best.quality) best = { language, quality };
  }
  return best.language;
};
