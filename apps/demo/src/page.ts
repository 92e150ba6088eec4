import { fileURLToPath } from 'node:url';
import type { INestApplication } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';

/** Lets an application serve the page of the demo. */
export function servePage(app: INestApplication): void {
  const folder = fileURLToPath(new URL('../public', import.meta.url));
  (app as NestExpressApplication).useStaticAssets(folder);
}
