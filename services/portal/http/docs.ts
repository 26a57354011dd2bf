/** The API documentation at /docs: every contract, by a viewer served from here. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Express } from 'express';
import { escapeHtml } from '../pages/pages.ts';
import type { DocumentedContract } from '../upstreams.ts';

const require = createRequire(import.meta.url);
const viewer = dirname(require.resolve('swagger-ui-dist/package.json'));
const VIEWER_FILES = [
  'swagger-ui.css',
  'swagger-ui-bundle.js',
  'swagger-ui-standalone-preset.js',
  'favicon-32x32.png',
];
/** Everything from this site; the viewer draws its icons from data addresses. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
  "connect-src 'self'; font-src 'self'; form-action 'none'; base-uri 'none'; " +
  "frame-ancestors 'none'";

export function mountDocs(app: Express, contracts: readonly DocumentedContract[]): void {
  const page = docsPage(contracts);
  const script = viewerScript(contracts);
  const documents = new Map(contracts.map((contract) => [contract.name, documentOf(contract)]));
  app.use('/docs', (_req, res, next) => {
    res.set('Content-Security-Policy', POLICY);
    next();
  });
  app.get('/docs', (_req, res) => res.redirect(308, '/docs/'));
  app.get('/docs/', (_req, res) => {
    res.type('html').send(page);
  });
  app.get('/docs/viewer.js', (_req, res) => {
    res.type('text/javascript').send(script);
  });
  app.get('/docs/contracts/:name.json', (req, res, next) => {
    const document = documents.get(req.params.name);
    if (document === undefined) next();
    else res.type('json').send(document);
  });
  for (const file of VIEWER_FILES) {
    app.get(`/docs/${file}`, (_req, res) => {
      res.set('Cache-Control', 'public, max-age=3600');
      res.sendFile(join(viewer, file));
    });
  }
  const styles = join(import.meta.dirname, '../pages/portal.css');
  app.get('/assets/portal.css', (_req, res) => {
    res.set('Cache-Control', 'public, max-age=3600');
    res.sendFile(styles);
  });
}

/** The contract as it is, with the address under which this portal passes its calls on. */
function documentOf({ documentFile, basePath }: DocumentedContract): string {
  const document: unknown = JSON.parse(readFileSync(documentFile, 'utf8'));
  const servers = [{ url: basePath }];
  return JSON.stringify(typeof document === 'object' ? { ...document, servers } : document);
}

function docsPage(contracts: readonly DocumentedContract[]): string {
  const links = contracts.map(({ name }) => {
    const text = escapeHtml(name);
    return `<li><a href="/docs/contracts/${text}.json">${text}</a></li>`;
  });
  return `<!doctype html>
<html lang="zh-CN">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>权籍 API · Quanji API</title>
  <link rel="stylesheet" href="/docs/swagger-ui.css">
  <link rel="icon" href="/docs/favicon-32x32.png">
</head>
<body>
  <div id="docs"></div>
  <noscript>
    <h1>权籍 API · Quanji API</h1>
    <ul>${links.join('')}</ul>
  </noscript>
  <script src="/docs/swagger-ui-bundle.js"></script>
  <script src="/docs/swagger-ui-standalone-preset.js"></script>
  <script src="/docs/viewer.js"></script>
</body>
</html>
`;
}

function viewerScript(contracts: readonly DocumentedContract[]): string {
  const urls = contracts.map(({ name }) => ({ name, url: `/docs/contracts/${name}.json` }));
  return `window.addEventListener('load', () => {
  window.ui = SwaggerUIBundle({
    urls: ${JSON.stringify(urls)},
    dom_id: '#docs',
    deepLinking: true,
    docExpansion: 'list',
    validatorUrl: null,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    layout: 'StandaloneLayout',
  });
});
`;
}
