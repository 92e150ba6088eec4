// Compares each lib's public face with its report in git; --update writes the reports anew.
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';

const LIBS = fileURLToPath(new URL('../../libs/', import.meta.url));
const isUpdate = process.argv.includes('--update');

const changed = readdirSync(LIBS).filter((lib) =>
  configsOf(lib)
    .map((config) => matches(lib, config))
    .includes(false),
);
if (changed.length > 0) {
  console.error(
    `The public face changed in ${changed.join(', ')}: npm run api, and look at the diff.`,
  );
  process.exit(1);
}

/** There is one for each entry of a package. */
function configsOf(lib) {
  if (!existsSync(join(LIBS, lib, 'package.json'))) return [];
  return readdirSync(join(LIBS, lib)).filter((name) => /^api-extractor.*\.json$/.test(name));
}

function matches(lib, name) {
  mkdirSync(join(LIBS, lib, 'etc'), { recursive: true });
  const configPath = join(LIBS, lib, name);
  const config = ExtractorConfig.loadFileAndPrepare(configPath);
  const result = Extractor.invoke(config, {
    localBuild: isUpdate,
    messageCallback: (message) => {
      message.handled = message.messageId !== 'console-api-report-not-copied' && !isError(message);
    },
  });
  return result.succeeded || (isUpdate && result.errorCount === 0);
}

function isError(message) {
  return String(message.logLevel) === 'error';
}
