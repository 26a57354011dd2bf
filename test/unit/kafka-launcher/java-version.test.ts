import { expect, it } from 'vitest';
import { javaVersion } from '#libs/kafka-launcher/jars.ts';

it.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['openjdk version "21" 2023-09-19', 21],
  ['java version "1.8.0_402"', 8],
  ['openjdk version "25-ea" 2025-09-16', 25],
  ['command not found', undefined],
])('reads the Java version out of %s', (text, version) => {
  expect(javaVersion(text)).toBe(version);
});
