// All of tidy's checks over all hand-written files.
import { checkCode } from './code-checks.ts';
import type { Finding, SourceFile, TidyCheck } from './source-file.ts';
import {
  checkFileHead,
  checkFileName,
  checkFileSize,
  checkLineLength,
  checkRefusedTexts,
} from './text-checks.ts';

const checks: readonly TidyCheck[] = [
  checkFileSize,
  checkLineLength,
  checkFileHead,
  checkFileName,
  checkRefusedTexts,
  checkCode,
];

export const tidy = (files: readonly SourceFile[]): Finding[] =>
  files.flatMap((file) => checks.flatMap((check) => check(file)));

export const findingText = ({ path, line, message }: Finding): string =>
  `${path}:${line}: ${message}`;
