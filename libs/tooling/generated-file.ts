// A generated file: its place below the repository root and its whole text.

export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

export const doNotEdit = (source: string): string =>
  `// Generated from ${source} by \`npm run generate\`; do not edit.\n`;
