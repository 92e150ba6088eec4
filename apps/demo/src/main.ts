import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { servePage } from './page.js';

const app = await NestFactory.create(AppModule);
servePage(app);
app.enableShutdownHooks(undefined, { useProcessExit: true });
const port = process.env['PORT'] || 8000;
await app.listen(port);
new Logger('Demo').log(`Open http://localhost:${port} in two tabs`);
