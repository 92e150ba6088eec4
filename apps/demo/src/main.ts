import { fileURLToPath } from 'node:url';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';

const app = await NestFactory.create<NestExpressApplication>(AppModule);
app.useStaticAssets(fileURLToPath(new URL('../public', import.meta.url)));
app.enableShutdownHooks(undefined, { useProcessExit: true });
const port = process.env['PORT'] || 8000;
await app.listen(port);
new Logger('Demo').log(`Open http://localhost:${port} in two tabs`);
